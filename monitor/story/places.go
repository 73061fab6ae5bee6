package story

import "github.com/armswatch/armswatch/monitor/news"

// Places is where articles are after all decisions so far. The zero value is ready.
type Places struct {
	in   map[news.ArticleID]news.StoryID
	into map[news.StoryID]news.StoryID
}

// Take takes over what was decided on an article.
func (p *Places) Take(id news.ArticleID, d Decision) {
	if p.in == nil {
		p.in, p.into = map[news.ArticleID]news.StoryID{}, map[news.StoryID]news.StoryID{}
	}
	p.in[id] = d.Story
	for _, m := range d.Merged {
		p.into[m.From] = m.Into
	}
	for _, s := range d.Split {
		for _, a := range s.Articles {
			p.in[a] = s.Into
		}
	}
}

// Of is the story that an article is in now, 0 for one that was not placed.
func (p *Places) Of(id news.ArticleID) news.StoryID {
	at := p.in[id]
	for n, ok := p.into[at]; ok; n, ok = p.into[at] {
		at = n
	}
	return at
}
