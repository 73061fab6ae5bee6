package news

import "time"

// Channel is the address of a place messages go to: "slack:#arms-desk",
// "email:desk@example.org", "webhook:https://...", "terminal".
type Channel string

// Scheme is the part of a channel before the first colon.
func (c Channel) Scheme() string {
	for i := range len(c) {
		if c[i] == ':' {
			return string(c[:i])
		}
	}
	return string(c)
}

// Target is the part of a channel after the first colon.
func (c Channel) Target() string {
	if s := c.Scheme(); len(s) < len(c) {
		return string(c[len(s)+1:])
	}
	return ""
}

// DeliveryKind says what a delivery carries.
type DeliveryKind string

// The kinds of delivery.
const (
	AlertDelivery  DeliveryKind = "alert"  // a story told for the first time
	UpdateDelivery DeliveryKind = "update" // a told story gained articles
	DigestDelivery DeliveryKind = "digest"
	NoticeDelivery DeliveryKind = "notice" // to the operators
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery: due, then sending with its payload frozen, then
// sent or dead; a temporary failure goes back to due with a later time.
const (
	Due     DeliveryState = "due"
	Sending DeliveryState = "sending"
	Sent    DeliveryState = "sent"
	Dead    DeliveryState = "dead"
)

// Delivery is one message to one channel. Its key is the same on every try, so
// that a channel can recognise a repeat.
type Delivery struct {
	ID      int64
	Key     string // unique, for example "alert/ROUTE/STORY" or "digest/ROUTE/2026-11-01T07:00"
	Kind    DeliveryKind
	Channel Channel
	Route   string
	Story   StoryID // of an alert or update
	// Period is, of a digest, the local date and time of its spec:
	// "2026-11-01T07:00"; of an alert or update that waits to come as one with
	// others, what they wait for.
	Period  string
	State   DeliveryState
	Attempt int       // tries so far; 1 during the first
	DueAt   time.Time // not before this
	// Payload is the frozen [Digest] as JSON, empty until claimed.
	Payload []byte
	// Thread is what the channel needs to update or answer the first message
	// of the same story (on Slack "CHANNEL/TS"); empty on the first message.
	Thread string
	// Receipt is what the channel gave for this message when it was sent.
	Receipt string
	Error   string // of the last try
	Created time.Time
	Settled time.Time
}

// Digest is one message in no channel's own form: stories with what proves
// them, most important first. An alert is a digest of one story.
type Digest struct {
	Title    string        `json:"title"` // "2 stories, 14 articles"
	Route    string        `json:"route"`
	Kind     DeliveryKind  `json:"kind"`
	Period   string        `json:"period,omitempty"`
	From     time.Time     `json:"from,omitzero"` // what it covers
	To       time.Time     `json:"to,omitzero"`
	Zone     string        `json:"zone"` // IANA name, for showing times
	Stories  []StoryCard   `json:"stories,omitempty"`
	Updates  []StoryCard   `json:"updates,omitempty"`  // known stories that gained articles
	More     int           `json:"more,omitempty"`     // stories left out for size
	Failing  []SourceState `json:"failing,omitempty"`  // not covered
	Held     []HeldCard    `json:"held,omitempty"`     // stories that the route does not tell yet
	Messages []string      `json:"messages,omitempty"` // of a notice
}

// HeldCard is a story that met the watchlists and is not told yet.
type HeldCard struct {
	Headline string `json:"headline"`
	URL      string `json:"url"`
	Lead     string `json:"lead"` // outlet of the lead article
	Why      string `json:"why"`
}

// StoryCard is a story as a channel shows it.
type StoryCard struct {
	ID         StoryID       `json:"id"`
	Headline   string        `json:"headline"`
	URL        string        `json:"url"`
	Lead       string        `json:"lead"` // outlet of the lead article
	Publisher  string        `json:"publisher,omitempty"`
	Pages      int           `json:"pages,omitempty"` // of the report
	Watchlists []string      `json:"watchlists"`
	FirstSeen  time.Time     `json:"first_seen"`
	Articles   int           `json:"articles"`
	Outlets    []Outlet      `json:"outlets"`
	Systems    []SystemCard  `json:"systems,omitempty"`
	Quantities []CountCard   `json:"quantities,omitempty"`
	Evidence   []Evidence    `json:"evidence,omitempty"` // of phrase rules
	New        []NoveltyCard `json:"new,omitempty"`      // of an update
	Muted      string        `json:"muted,omitempty"`    // who muted it on the channel, and how
}

// Outlet is one source's part in a story.
type Outlet struct {
	Name  string    `json:"name"`
	Role  Role      `json:"role"`
	Title string    `json:"title"`
	URL   string    `json:"url"`
	At    time.Time `json:"at"`
}

// SystemCard is a weapon system with the sentence that names it.
type SystemCard struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Evidence Evidence `json:"evidence"`
}

// Evidence is a sentence of an article with the proving words marked.
type Evidence struct {
	Outlet string `json:"outlet"`
	Rule   string `json:"rule,omitempty"`
	Text   string `json:"text"`
	Marks  []Span `json:"marks,omitempty"`
}

// CountCard is what the outlets say of one quantity; more than one value means
// that they disagree.
type CountCard struct {
	What   string       `json:"what"` // "FIM-92 Stinger"
	Values []CountValue `json:"values"`
}

// CountValue is one value and who gives it.
type CountValue struct {
	Value   string   `json:"value"` // "681", "more than 100"
	Outlets []string `json:"outlets"`
}

// NoveltyCard is what one later article adds.
type NoveltyCard struct {
	Outlet string    `json:"outlet"`
	URL    string    `json:"url"`
	Role   Role      `json:"role"`
	New    []Novelty `json:"new,omitempty"`
}

// SourceState is the health of a source, as `armswatch sources` shows it.
type SourceState struct {
	Source      string    `json:"source"`
	Kind        Kind      `json:"kind"`
	URL         string    `json:"url"`
	State       string    `json:"state"` // new, ok, failing, gone; answers, yet: empty, cut, capped, missed, flooding, undated, garbled, silent
	LastPoll    time.Time `json:"last_poll,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	NextPoll    time.Time `json:"next_poll,omitzero"`
	Articles    int       `json:"articles"`
	Failures    int       `json:"failures,omitempty"` // in a row
	Error       string    `json:"error,omitempty"`    // the last one, one line
}

// Outcome is how one try of a delivery ended.
type Outcome struct {
	State   DeliveryState // Sent, Dead, or Due again
	RetryAt time.Time     // when Due again
	Free    bool          // the try does not count (rate limited, or never reached the channel)
	Receipt string        // what the channel gave for the message
	Thread  string        // what later messages on the same story need; kept for (channel, story)
	Error   string        // one line, secrets redacted
}
