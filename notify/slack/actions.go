package slack

import (
	"strconv"
	"strings"

	api "github.com/slack-go/slack"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// What buttons and modals are called in what Slack sends back.
const (
	actMute       = "mute"
	actUnmute     = "unmute"
	actIrrelevant = "irrelevant"
	actMore       = "more"
	actSplit      = "split"
	actMerge      = "merge"
	pickBlock     = "pick"
)

// Slack's limits on what can be picked from.
const (
	maxOptions = 100
	maxOption  = 70 // characters, of 75
)

// actions are the buttons under a story.
func actions(c news.StoryCard) api.Block {
	id := c.ID.String()
	mute := api.NewButtonBlockElement(actMute, id, plainText("Mute"))
	if c.Muted != "" {
		mute = api.NewButtonBlockElement(actUnmute, id, plainText("Unmute"))
	}
	return api.NewActionBlock("story-"+id, mute,
		api.NewButtonBlockElement(actIrrelevant, id, plainText("Not relevant")),
		api.NewOverflowBlockElement(actMore,
			api.NewOptionBlockObject(actSplit+" "+id, plainText("Split…"), nil),
			api.NewOptionBlockObject(actMerge+" "+id, plainText("Merge…"), nil)))
}

// splitView asks which articles leave a story.
func splitView(st news.Story, back string) api.ModalViewRequest {
	var options []*api.OptionBlockObject
	for _, m := range st.Members[:min(len(st.Members), maxOptions)] {
		options = append(options, option(strconv.FormatInt(int64(m.Article.ID), 10), m.Article.Source+": "+m.Article.Title))
	}
	pick := api.NewOptionsMultiSelectBlockElement(api.MultiOptTypeStatic, plainText("Articles"), actSplit, options...)
	return view(actSplit, back, "Split story "+st.ID.String(), "Split",
		api.NewInputBlock(pickBlock, plainText("Articles that are another story"), nil, pick))
}

// mergeView asks which story is the same as another.
func mergeView(id news.StoryID, others []news.Story, back string) api.ModalViewRequest {
	var options []*api.OptionBlockObject
	for _, st := range others {
		if st.ID != id && len(st.Members) > 0 && len(options) < maxOptions {
			options = append(options, option(st.ID.String(), st.ID.String()+"  "+st.Members[0].Article.Title))
		}
	}
	if len(options) == 0 {
		v := view(actMerge, back, "Merge story "+id.String(), "",
			api.NewSectionBlock(plainText("There is no other story of this channel to merge it with."), nil, nil))
		return v
	}
	pick := api.NewOptionsSelectBlockElement(api.OptTypeStatic, plainText("Story"), actMerge, options...)
	return view(actMerge, back, "Merge story "+id.String(), "Merge",
		api.NewInputBlock(pickBlock, plainText("The story that it belongs to"), nil, pick))
}

func view(callback, back, title, submit string, blocks ...api.Block) api.ModalViewRequest {
	v := api.ModalViewRequest{
		Type: api.VTModal, CallbackID: callback, PrivateMetadata: back, Title: plainText(digest.Shorten(title, 24)),
		Blocks: api.Blocks{BlockSet: blocks}, Close: plainText("Cancel"),
	}
	if submit != "" {
		v.Submit = plainText(submit)
	}
	return v
}

func option(value, text string) *api.OptionBlockObject {
	return api.NewOptionBlockObject(value, plainText(digest.Shorten(digest.Clean(text), maxOption)), nil)
}

// said is an answer to one person: text that Slack reads no markup in.
func said(text string) []api.Block {
	var blocks []api.Block
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if part = strings.TrimSpace(part); part != "" && len(blocks) < maxBlocks {
			blocks = append(blocks, api.NewSectionBlock(plainText(digest.Shorten(part, 2900)), nil, nil))
		}
	}
	return blocks
}
