package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// Pending is what a digest of a route would hold now.
type Pending struct {
	Stories []news.Story          // every member, so that the card is whole
	Told    map[news.StoryID]bool // already in an earlier digest of the route: an update
	Held    []news.Story          // new, and not told yet: see Route.Ripe
	After   int64                 // members with Seq > After are new
	UpTo    int64                 // highest Seq seen; goes into the seal
	From    time.Time             // when the last digest was sealed; zero if never
}

// Digests is where digests are sealed.
type Digests interface {
	PendingDigest(ctx context.Context, r news.Route) (Pending, error)
	// SealDigest records in one transaction that a period of a route is done.
	// It says false when it was done before. A nil payload sends nothing.
	SealDigest(ctx context.Context, d news.Delivery, upTo int64, now time.Time) (bool, error)
	SourceStates(ctx context.Context) ([]news.SourceState, error)
}

// Sealer makes digests, one per route and period.
type Sealer struct {
	digests Digests
	zone    atomic.Pointer[time.Location]
}

// NewSealer returns a Sealer that shows times in zone; nil means UTC.
func NewSealer(d Digests, zone *time.Location) *Sealer {
	s := &Sealer{digests: d}
	s.Use(zone)
	return s
}

// Use changes the zone.
func (s *Sealer) Use(zone *time.Location) {
	if zone == nil {
		zone = time.UTC
	}
	s.zone.Store(zone)
}

// Seal makes the digest of a route for a period, unless that was done before.
// A crash before the seal commits makes it again, from what is pending then;
// after it the digest is a delivery like any other. A digest with nothing in it
// is sealed and not sent, unless the route wants it.
func (s *Sealer) Seal(ctx context.Context, r news.Route, period string) error {
	p, m, err := s.build(ctx, r, period)
	if err != nil {
		return fmt.Errorf("seal digest %s of %s: %w", period, r.Name, err)
	}
	d := news.Delivery{
		Key: "digest/" + r.Name + "/" + period, Kind: news.DigestDelivery,
		Channel: r.Channel, Route: r.Name, Period: period,
	}
	if r.SendEmpty || !digest.Empty(m) {
		if d.Payload, err = json.Marshal(m); err != nil {
			return fmt.Errorf("write digest %s of %s: %w", period, r.Name, err)
		}
	}
	_, err = s.digests.SealDigest(ctx, d, p.UpTo, m.To)
	return err
}

// Preview is the digest that Seal would make now. It changes nothing.
func (s *Sealer) Preview(ctx context.Context, r news.Route, period string) (news.Digest, error) {
	_, m, err := s.build(ctx, r, period)
	if err != nil {
		return m, fmt.Errorf("preview digest of %s: %w", r.Name, err)
	}
	return m, nil
}

func (s *Sealer) build(ctx context.Context, r news.Route, period string) (Pending, news.Digest, error) {
	p, err := s.digests.PendingDigest(ctx, r)
	if err != nil {
		return p, news.Digest{}, err
	}
	sources, err := s.digests.SourceStates(ctx)
	if err != nil {
		return p, news.Digest{}, err
	}
	return p, digest.Build(digest.Pending{
		Route: r, Period: period, Zone: s.zone.Load(), Stories: p.Stories,
		Told: p.Told, Held: p.Held, After: p.After, From: p.From, To: time.Now(), Sources: sources,
	}), nil
}

// Notice is a delivery that carries a message to the operators. Its channel is
// the caller's to set.
func Notice(key string, m news.Digest) (news.Delivery, error) {
	payload, err := json.Marshal(m)
	if err != nil {
		return news.Delivery{}, fmt.Errorf("write notice %s: %w", key, err)
	}
	return news.Delivery{Key: key, Kind: news.NoticeDelivery, Payload: payload}, nil
}
