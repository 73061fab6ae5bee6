package store

import (
	"context"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Group is the job that puts matched articles into stories, in order. There is
// at most one.
type Group struct{}

// Deliver is the job that sends what is due to one channel, in order. There is
// at most one per channel.
type Deliver struct {
	Channel news.Channel `json:"channel" river:"unique"`
}

// Seal is the job that seals the digest of a route for one period. There is at
// most one per route and period.
type Seal struct {
	Route  string `json:"route" river:"unique"`
	Period string `json:"period" river:"unique"` // "2026-11-01T07:00", local time of the spec
}

// Prune is the job that deletes what is older than it need be kept.
type Prune struct{}

// Workers are the functions that visit hosts and do the jobs. A job whose function returns an
// error is tried again later; one that returns [Snooze] is run again after
// that time without counting as a failure.
type Workers struct {
	Visit   func(context.Context, Visit) error
	Group   func(context.Context, Group) error
	Deliver func(context.Context, Deliver) error
	Seal    func(context.Context, Seal) error
	Prune   func(context.Context, Prune) error
}

// Poll is a source that is due, with what its last polls left behind.
type Poll struct {
	Source       string
	First        bool // never polled successfully before
	Empty        bool // polled before, but has never listed an entry
	ETag         string
	LastModified string
	LastSuccess  time.Time
	Failures     int           // in a row
	Interval     time.Duration // the learned one; 0: none yet
	Moved        string        // where a permanent redirect said it now is; "" when nowhere
	Memory       string        // as the last poll left it
}

// Stored is an article with what a matcher made of it.
type Stored struct {
	Article news.Article
	Reading news.Reading
	// Known is the id of the stored article that an entry turned out to be;
	// 0 for a new one.
	Known news.ArticleID
	// ReadHost is the host whose visit must fetch the article's page before it
	// is matched; "" when the feed carried enough.
	ReadHost string

	// keys are the names that Identify found for a new article; named says that
	// it looked. They travel with the value to RecordPoll.
	keys  []key
	named bool
}

// Polled is everything one poll of a source changed. It is recorded in one
// transaction: articles, matches, validators and the next poll commit together.
type Polled struct {
	Source       string
	At           time.Time
	Next         time.Time     // of the next poll
	Interval     time.Duration // learned
	ETag         string
	LastModified string
	Moved        string
	Entries      int      // listed, known ones included
	Articles     []Stored // new ones, and known ones whose text changed
	Err          string   // why the poll failed; then only Next, Memory and Notice count
	Gone         bool     // 410: do not poll again
	State        string   // of a source that answers but is not well: a word for it; "" is ok
	Trouble      string   // what State means, one line
	Memory       string   // what the next poll wants to know; the store does not read it
	Notice       Notice
}

// Notice is what the operators are told about a source. Lines that come while
// an earlier notice still waits to be sent join that one, so that an outage of
// the network is one message and not one for each source.
type Notice struct {
	To    news.Channel // "" for nowhere
	Lines []string
	At    time.Time // when it is sent at the earliest
	Zone  string    // IANA name, for showing times
}

// PendingRead is an article whose page must still be fetched.
type PendingRead struct {
	Article  news.Article
	Attempts int
	Again    bool // it was read before, and edited since
}

// ReadDone is the result of fetching an article's page. On failure Retry says
// when to try again; when it is zero the article stands as the feed gave it.
type ReadDone struct {
	Stored
	At    time.Time
	Err   string
	Retry time.Time
	Again bool         // as in PendingRead; Linked is not stored then
	Was   news.Article // when Again, the article as its page was asked for
	// Linked are new articles that the page led to. Those whose URL is known
	// already are not stored again.
	Linked []Stored
}

// Grouped is a recorded decision about one article.
type Grouped struct {
	Seq       int64
	Article   news.ArticleID
	When      time.Time
	Source    string
	Story     news.StoryID
	Role      news.Role
	Signature []byte
}

// Placement is a decision to be recorded, with the deliveries it makes due.
type Placement struct {
	Article   news.ArticleID
	At        time.Time
	Story     news.StoryID
	Role      news.Role
	Reasons   []string
	New       []news.Novelty
	Material  bool // what is new is worth telling: it ends mutes
	Signature []byte
	Reports   []uint32 // named here for the first time
	Merged    []Merge
	Split     []Split // after it
	// Withdrawn are routes that would not tell what the Split left of the story: an
	// alert of it that waits is not sent there.
	Withdrawn []string
	// Seen is the Seq of the last member the decision took into account. When
	// it is not 0 and other members were placed since, Place returns [ErrStale]
	// and records nothing.
	Seen int64
	// Saw is the article as it was decided on. When it is set and the article was
	// edited since, Place returns [ErrStale].
	Saw        *news.Article
	Deliveries []news.Delivery // Key, Kind, Channel, Route, Story, DueAt are set; a key that exists is left alone
}

// Merge records that one story turned out to be another.
type Merge struct {
	From, Into news.StoryID
	Reasons    []string
	At         time.Time
	Seq        int64 // of the member whose placing showed it; set by the store
}

// Split records that articles of a story turned out to be another one, or that a
// person said so.
type Split struct {
	From, Into news.StoryID
	Articles   []news.ArticleID
	Reasons    []string // none where a person decided
	At         time.Time
	Seq        int64 // of the member whose placing showed it, or of the decision; set by the store
}

// Pending is what a digest of a route would hold: stories with members grouped
// after the route's last sealed digest.
type Pending struct {
	Stories []news.Story          // every member, so that the card is whole
	Told    map[news.StoryID]bool // already in an earlier digest of the route: an update
	Held    []news.Story          // new, and not ripe: see Route.Ripe
	After   int64                 // members with Seq > After are new
	UpTo    int64                 // highest Seq seen; goes into the seal
	From    time.Time             // when the last digest was sealed; zero if never
}

// Tick is one line of the schedule table.
type Tick struct {
	Name   string // "digest/ROUTE", "prune"
	Spec   string // cron spec
	NextAt time.Time
	LastAt time.Time
}

// Trail is what happened to one article, from source to delivery.
type Trail struct {
	Article    news.Article
	Reading    news.Reading
	Keys       []string // the identities it is known by
	Revisions  []Revision
	ReadState  string // feed, pending, page, again, failed
	ReadError  string
	Matched    bool
	Story      news.StoryID // 0 when none
	Role       news.Role
	Reasons    []string
	New        []news.Novelty
	Edits      []news.Correction // what edits changed of its story
	Merged     []Merge
	Split      []Split // by which it came to its story
	Mutes      []news.Mute
	Deliveries []news.Delivery // of its story, and the digests that hold it
}

// Revision is an earlier state of an edited article.
type Revision struct {
	At    time.Time
	Title string
	Text  string
}
