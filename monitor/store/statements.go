package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// SQLite parses a statement anew each time it is sent as text, which costs more
// than most of ours take to run. The connections of this file keep what they
// have parsed, for us and for the queue alike.

// statementsKept is how many statements a connection keeps. Ours and the
// queue's are about a hundred; lists of other lengths come and go.
const statementsKept = 256

// openKeeping opens a pool whose connections keep their statements.
func openKeeping(dsn string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	defer func() { _ = plain.Close() }() // it has no connection yet
	return sql.OpenDB(keeper{plain.Driver(), dsn}), nil
}

// keeper makes connections that keep their statements.
type keeper struct {
	driver driver.Driver
	dsn    string
}

func (k keeper) Driver() driver.Driver { return k.driver }

func (k keeper) Connect(context.Context) (driver.Conn, error) {
	c, err := k.driver.Open(k.dsn)
	if err != nil {
		return nil, err
	}
	full, ok := c.(fullConn)
	if !ok {
		_ = c.Close()
		return nil, fmt.Errorf("the SQLite driver has changed: %T lacks what we use", c)
	}
	return &keepingConn{fullConn: full, kept: map[string]*keptStmt{}}, nil
}

// fullConn is what a connection of the driver can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keepingConn is used by one goroutine at a time, as package sql promises.
type keepingConn struct {
	fullConn
	kept map[string]*keptStmt
}

// keptStmt is a parsed statement; busy while rows of it are being read.
type keptStmt struct {
	driver.Stmt
	exec  driver.StmtExecContext
	query driver.StmtQueryContext
	busy  bool
}

// statement is the parsed statement for a text, nil when the caller must do
// without: it is busy, or the driver knows better.
func (c *keepingConn) statement(ctx context.Context, text string) (*keptStmt, error) {
	if s := c.kept[text]; s != nil {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	c.forget(statementsKept - 1)
	prepared, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s := &keptStmt{Stmt: prepared}
	var ok bool
	if s.exec, ok = prepared.(driver.StmtExecContext); ok {
		s.query, ok = prepared.(driver.StmtQueryContext)
	}
	if !ok {
		return nil, prepared.Close()
	}
	c.kept[text] = s
	return s, nil
}

// forget closes statements until at most n are left. Any will do: what is
// needed is parsed again.
func (c *keepingConn) forget(n int) {
	for text, s := range c.kept {
		if len(c.kept) <= n {
			return
		}
		if !s.busy {
			_ = s.Close()
			delete(c.kept, text)
		}
	}
}

func (c *keepingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return c.fullConn.ExecContext(ctx, text, args)
	}
	return s.exec.ExecContext(ctx, args)
}

func (c *keepingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return c.fullConn.QueryContext(ctx, text, args)
	}
	rows, err := s.query.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{rows, s}, nil
}

// Close closes the statements before the connection.
func (c *keepingConn) Close() error {
	for _, s := range c.kept {
		s.busy = false
	}
	c.forget(0)
	return c.fullConn.Close()
}

// keptRows gives their statement back when they are closed.
type keptRows struct {
	driver.Rows
	of *keptStmt
}

func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
