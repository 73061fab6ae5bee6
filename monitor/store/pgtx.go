package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgTx shows River the connection of a database/sql transaction that is
// already open as a pgx.Tx, so that jobs are inserted in that transaction.
// River's own database/sql driver does not compile against the River we use.
// Beginning and ending stay with database/sql.
type pgTx struct{ c *pgx.Conn }

var errNotOurs = errors.New("the transaction belongs to its caller")

func (t pgTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotOurs }
func (t pgTx) Commit(context.Context) error          { return errNotOurs }
func (t pgTx) Rollback(context.Context) error        { return errNotOurs }

func (t pgTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return t.c.CopyFrom(ctx, table, columns, rows)
}

func (t pgTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.c.SendBatch(ctx, b)
}

// LargeObjects is part of pgx.Tx; River has none, and the type offers no way
// to make one for a transaction that is not pgx's own.
func (t pgTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

func (t pgTx) Prepare(ctx context.Context, name, text string) (*pgconn.StatementDescription, error) {
	return t.c.Prepare(ctx, name, text)
}

func (t pgTx) Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error) {
	return t.c.Exec(ctx, text, args...)
}

func (t pgTx) Query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	return t.c.Query(ctx, text, args...)
}

func (t pgTx) QueryRow(ctx context.Context, text string, args ...any) pgx.Row {
	return t.c.QueryRow(ctx, text, args...)
}

func (t pgTx) Conn() *pgx.Conn { return t.c }
