package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// PendingDigest returns what a digest of the route would hold now: the stories
// that have gained, since the last one, an article that meets one of the
// route's watchlists and is not quiet. A story that appeared in an earlier
// digest of the route is in Told.
func (s *Store) PendingDigest(ctx context.Context, r news.Route) (Pending, error) {
	p, err := s.pendingDigest(ctx, r)
	if err != nil {
		return Pending{}, fmt.Errorf("read pending digest of %s: %w", r.Name, err)
	}
	return p, nil
}

func (s *Store) pendingDigest(ctx context.Context, r news.Route) (p Pending, err error) {
	var sealed sql.NullInt64
	err = s.r.QueryRowContext(ctx, `SELECT seq, sealed_at FROM cuts WHERE route = $1`, r.Name).Scan(&p.After, &sealed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	p.From = at(sealed)
	// Read first: what is placed after this belongs to the next digest.
	if err := s.r.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'seq'`).Scan(&p.UpTo); err != nil {
		return p, err
	}
	ids, left, err := s.storiesBetween(ctx, r, p.After, p.UpTo)
	if err != nil {
		return p, err
	}
	if p.Stories, err = s.stories(ctx, append(ids, left...)); err != nil {
		return p, err
	}
	if p.Told, err = s.toldInDigest(ctx, r.Name, p.Stories); err != nil {
		return p, err
	}
	// What is not ripe comes again with the article that makes it so.
	p.Stories = slices.DeleteFunc(p.Stories, func(st news.Story) bool {
		told := p.Told[st.ID]
		if !told && slices.Contains(left, st.ID) {
			return true // nobody knows of what was corrected
		}
		if m, muted := st.Muted(r.Channel); muted { // what was material has ended a mute
			if m.Ends() {
				p.Held = append(p.Held, st)
			}
			return true
		}
		_, ripe := r.Ripe(st.Members, told)
		if !ripe && !told {
			p.Held = append(p.Held, st)
		}
		return !ripe
	})
	return p, nil
}

// recent is how many grouped articles are looked at for the latest stories of
// a route.
const recent = 3000

// Latest returns the stories of a route that gained an article last, the latest
// first, and the Seq up to which it looked.
func (s *Store) Latest(ctx context.Context, r news.Route, most int) ([]news.Story, int64, error) {
	stories, seq, err := s.latest(ctx, r, most)
	if err != nil {
		return nil, 0, fmt.Errorf("read latest stories of %s: %w", r.Name, err)
	}
	return stories, seq, nil
}

func (s *Store) latest(ctx context.Context, r news.Route, most int) (stories []news.Story, seq int64, err error) {
	if err := s.r.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'seq'`).Scan(&seq); err != nil {
		return nil, 0, err
	}
	ids, _, err := s.storiesBetween(ctx, r, seq-recent, seq)
	if err != nil {
		return nil, 0, err
	}
	if stories, err = s.stories(ctx, ids); err != nil {
		return nil, 0, err
	}
	stories = slices.DeleteFunc(stories, func(st news.Story) bool {
		_, ripe := r.Ripe(st.Members, false)
		m, muted := st.Muted(r.Channel)
		return !ripe || muted && m.Irrelevant
	})
	slices.SortFunc(stories, func(a, b news.Story) int { return cmp.Compare(b.Seq(), a.Seq()) })
	return stories[:min(len(stories), most)], seq, nil
}

// storiesBetween are the stories with a member, or what was corrected in one, in
// (after, upTo] that the route wants. Left are those with a correction only, in an
// article that the route does not want as it is now: it may have before.
func (s *Store) storiesBetween(ctx context.Context, route news.Route, after, upTo int64) (ids, left []news.StoryID, err error) {
	err = query(ctx, s.r, func(r *sql.Rows) error {
		var id news.StoryID
		var text string
		var a news.Article
		var reading news.Reading
		var edit int
		if err := r.Scan(&id, &a.Source, &a.Lang, &text, &edit); err != nil {
			return err
		}
		if err := unpack(text, &reading); err != nil {
			return err
		}
		if counts := route.Counts(a, reading); counts && !slices.Contains(ids, id) {
			ids = append(ids, id)
		} else if !counts && edit == 1 && !slices.Contains(left, id) {
			left = append(left, id)
		}
		return nil
	}, `SELECT m.story, a.source, a.lang, a.reading, said.edit FROM (
			SELECT seq, article, 0 AS edit FROM members WHERE seq > $1 AND seq <= $2
			UNION ALL SELECT s.seq, s.article, 0 AS edit FROM splits s JOIN members w ON w.seq = s.seq WHERE s.seq > $1 AND s.seq <= $2
			UNION ALL SELECT seq, article, 1 AS edit FROM corrections WHERE seq > $1 AND seq <= $2 AND adds <> ''
		) AS said JOIN members m ON m.article = said.article JOIN articles a ON a.id = said.article
		WHERE a.quiet = 0 ORDER BY said.seq`, after, upTo)
	left = slices.DeleteFunc(left, func(id news.StoryID) bool { return slices.Contains(ids, id) })
	return ids, left, err
}

func (s *Store) toldInDigest(ctx context.Context, route string, stories []news.Story) (map[news.StoryID]bool, error) {
	told := map[news.StoryID]bool{}
	ids := make([]news.StoryID, len(stories))
	for i, st := range stories {
		ids[i] = st.ID
	}
	for part := range slices.Chunk(ids, chunk) {
		args := append([]any{route, string(news.DigestDelivery)}, anys(part)...)
		err := query(ctx, s.r, func(r *sql.Rows) error {
			var id news.StoryID
			if err := r.Scan(&id); err != nil {
				return err
			}
			told[id] = true
			return nil
		}, `SELECT DISTINCT COALESCE(st.merged_into, st.id) FROM told JOIN stories st ON st.id = told.story
			WHERE told.route = $1 AND told.kind = $2 AND COALESCE(st.merged_into, st.id) IN (`+marks(3, len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}

// SealDigest records that a period of a route is done, in one transaction: the
// delivery with its payload, which stories it holds, up to where it came, and
// the job that sends it. It says false, and changes nothing, when the period is
// sealed already. A nil payload seals an empty period: nothing is sent. A crash
// before the commit seals again later; after it nothing is lost.
func (s *Store) SealDigest(ctx context.Context, d news.Delivery, upTo int64, now time.Time) (sealed bool, err error) {
	d.Kind = news.DigestDelivery
	if d.Key == "" {
		d.Key = "digest/" + d.Route + "/" + d.Period
	}
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		sealed, err = t.seal(ctx, d, upTo, now)
		if err != nil || !sealed || d.Payload == nil {
			return err
		}
		return t.sendDigest(ctx, d, now)
	})
	if err != nil {
		return false, fmt.Errorf("seal %s: %w", d.Key, err)
	}
	return sealed, nil
}

func (t *tx) seal(ctx context.Context, d news.Delivery, upTo int64, now time.Time) (bool, error) {
	key := d.Key
	if d.Payload == nil {
		key = ""
	}
	n, err := t.exec(ctx, `INSERT INTO sealed (route, period, key, sealed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (route, period) DO NOTHING`, d.Route, d.Period, key, ms(now))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(ctx, `INSERT INTO cuts (route, seq, sealed_at) VALUES ($1, $2, $3)
		ON CONFLICT (route) DO UPDATE SET sealed_at = excluded.sealed_at,
		seq = CASE WHEN excluded.seq > cuts.seq THEN excluded.seq ELSE cuts.seq END`, d.Route, upTo, ms(now))
	return true, err
}

func (t *tx) sendDigest(ctx context.Context, d news.Delivery, now time.Time) error {
	if _, err := t.addDelivery(ctx, d, now); err != nil {
		return err
	}
	var digest news.Digest
	if err := json.Unmarshal(d.Payload, &digest); err != nil {
		return fmt.Errorf("read payload: %w", err)
	}
	for _, c := range slices.Concat(digest.Stories, digest.Updates) {
		if err := t.tell(ctx, d, c.ID, now); err != nil {
			return err
		}
	}
	return t.enqueue(ctx, now, Deliver{d.Channel})
}
