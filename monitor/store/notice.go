package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// noticeLines is how many lines a notice takes before the next one begins: a
// message of more would not fit into Slack.
const noticeLines = 40

// noticePrefix begins the keys of notices about sources.
const noticePrefix = "notice/sources/"

// addNotice puts the lines of a notice into the one that waits for the same
// channel, or makes one. It is part of the transaction that records what the
// lines tell, so each is told once.
func (t *tx) addNotice(ctx context.Context, n Notice, now time.Time) error {
	if n.To == "" || len(n.Lines) == 0 {
		return nil
	}
	joined, err := t.joinNotice(ctx, n)
	if err != nil || joined {
		return err
	}
	payload, err := noticePayload(news.Digest{Zone: n.Zone, Messages: n.Lines})
	if err != nil {
		return err
	}
	due := n.At
	if due.IsZero() {
		due = now
	}
	if _, err := t.addDelivery(ctx, news.Delivery{
		Key: fmt.Sprintf("%s%d", noticePrefix, t.s.ids.next(now)), Kind: news.NoticeDelivery, Channel: n.To, DueAt: due, Payload: payload,
	}, now); err != nil || due.After(now) {
		return err
	}
	return t.enqueue(ctx, now, Deliver{n.To})
}

// joinNotice adds to the notice that waits, unless it is full or was just sent.
func (t *tx) joinNotice(ctx context.Context, n Notice) (bool, error) {
	var id int64
	var old sql.NullString
	err := t.QueryRowContext(ctx, `SELECT id, payload FROM deliveries WHERE channel = $1 AND state = 'due' AND attempt = 0
		AND kind = $2 AND key LIKE $3 ORDER BY id DESC LIMIT 1`, string(n.To), string(news.NoticeDelivery), noticePrefix+"%").Scan(&id, &old)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	var d news.Digest
	if err == nil {
		err = json.Unmarshal([]byte(old.String), &d)
	}
	if err != nil {
		return false, fmt.Errorf("read the notice that waits: %w", err)
	}
	if len(d.Messages) >= noticeLines {
		return false, nil
	}
	d.Messages = append(d.Messages, n.Lines...)
	payload, err := noticePayload(d)
	if err != nil {
		return false, err
	}
	changed, err := t.exec(ctx, `UPDATE deliveries SET payload = $1 WHERE id = $2 AND state = 'due' AND attempt = 0 AND payload = $3`,
		string(payload), id, old.String)
	return changed > 0, err
}

func noticePayload(d news.Digest) ([]byte, error) {
	d.Kind, d.Title = news.NoticeDelivery, "1 notice about a source"
	if n := len(d.Messages); n > 1 {
		d.Title = fmt.Sprintf("%d notices about sources", n)
	}
	payload, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write notice: %w", err)
	}
	return payload, nil
}
