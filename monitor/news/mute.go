package news

import (
	"fmt"
	"time"
)

// Mute is a person's word that a story is not to be told on a channel any more:
// until something material comes, or for good when the story should not have met
// the watchlists at all.
type Mute struct {
	Story      StoryID   `json:"story"`
	Channel    Channel   `json:"channel,omitempty"` // "" for every channel
	Irrelevant bool      `json:"irrelevant,omitempty"`
	Who        string    `json:"who"`
	At         time.Time `json:"at"`
}

// Why says in one line who muted and how.
func (m Mute) Why() string {
	if m.Irrelevant {
		return fmt.Sprintf("%s called it not relevant", m.Who)
	}
	return fmt.Sprintf("%s muted it", m.Who)
}

// Ends says that something material ends the mute.
func (m Mute) Ends() bool { return !m.Irrelevant }

// Muted is the mute that holds for a story on a channel, if there is one: of
// several, the one that nothing ends.
func (s Story) Muted(ch Channel) (m Mute, muted bool) {
	for _, x := range s.Mutes {
		if (x.Channel == "" || x.Channel == ch) && (!muted || x.Irrelevant) {
			m, muted = x, true
		}
	}
	return m, muted
}
