-- One text for SQLite and PostgreSQL. Ids are made by armswatch, times are
-- milliseconds since 1970 in UTC, structures are JSON in TEXT.

-- +goose Up
CREATE TABLE sources (
    name          TEXT   NOT NULL PRIMARY KEY,
    kind          TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    spec          TEXT   NOT NULL, -- hash of what decides the content: a change makes the validators void
    host          TEXT   NOT NULL, -- whose visit polls it
    state         TEXT   NOT NULL, -- new, ok, failing, gone
    etag          TEXT   NOT NULL DEFAULT '',
    last_modified TEXT   NOT NULL DEFAULT '',
    moved         TEXT   NOT NULL DEFAULT '',
    interval_ms   BIGINT NOT NULL DEFAULT 0,
    next_poll     BIGINT,          -- NULL: not to be polled
    last_poll     BIGINT,
    last_success  BIGINT,
    failures      BIGINT NOT NULL DEFAULT 0,
    error         TEXT   NOT NULL DEFAULT '',
    listed        BIGINT NOT NULL DEFAULT 0, -- 1: has listed an entry at least once
    articles      BIGINT NOT NULL DEFAULT 0,
    added_at      BIGINT NOT NULL,
    removed_at    BIGINT           -- no longer in the config
);
CREATE INDEX sources_next_poll ON sources (next_poll) WHERE next_poll IS NOT NULL;
CREATE INDEX sources_host ON sources (host);

CREATE TABLE articles (
    id            BIGINT NOT NULL PRIMARY KEY,
    source        TEXT   NOT NULL,
    guid          TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    canonical     TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    author        TEXT   NOT NULL,
    body          TEXT   NOT NULL,
    lang          TEXT   NOT NULL,
    published     BIGINT,
    first_seen    BIGINT NOT NULL,
    quiet         BIGINT NOT NULL,
    reading       TEXT   NOT NULL, -- news.Reading
    matched       BIGINT NOT NULL,
    to_group      BIGINT NOT NULL, -- 1: matched, not pending a read, in no story yet
    read_state    TEXT   NOT NULL, -- feed, pending, page, failed
    read_host     TEXT   NOT NULL,
    read_due      BIGINT,          -- NULL unless pending
    read_attempts BIGINT NOT NULL DEFAULT 0,
    read_error    TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX articles_read_due ON articles (read_due, read_host) WHERE read_due IS NOT NULL;
CREATE INDEX articles_to_group ON articles (id) WHERE to_group = 1;
CREATE INDEX articles_unmatched ON articles (first_seen) WHERE matched = 0;

CREATE TABLE identities (
    key         TEXT   NOT NULL, -- see identity.go
    source      TEXT   NOT NULL, -- '' when the key holds over all sources
    article     BIGINT REFERENCES articles (id), -- NULL: names several articles, so it names none
    last_listed BIGINT NOT NULL,
    PRIMARY KEY (key, source)
);
CREATE INDEX identities_article ON identities (article);

CREATE TABLE revisions (
    article BIGINT NOT NULL REFERENCES articles (id),
    digest  TEXT   NOT NULL, -- of title and body: a headline that flaps is kept once
    at      BIGINT NOT NULL, -- when it was replaced
    title   TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (article, digest)
);

CREATE TABLE stories (
    id          BIGINT NOT NULL PRIMARY KEY,
    began       BIGINT NOT NULL,
    merged_into BIGINT -- the story it turned out to be, never itself a merged one
);
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE members (
    article   BIGINT NOT NULL PRIMARY KEY REFERENCES articles (id),
    seq       BIGINT NOT NULL UNIQUE,                      -- the order of grouping, without gaps
    story     BIGINT NOT NULL REFERENCES stories (id),     -- now
    placed_in BIGINT NOT NULL,                             -- at first: with merges, what undoing needs
    role      TEXT   NOT NULL,
    reasons   TEXT   NOT NULL,
    adds      TEXT   NOT NULL,
    signature BYTEA,
    at        BIGINT NOT NULL
);
CREATE INDEX members_story ON members (story, seq);

CREATE TABLE merges (
    from_story BIGINT NOT NULL,
    into_story BIGINT NOT NULL,
    seq        BIGINT NOT NULL, -- of the member that showed it
    reasons    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (from_story, into_story, seq)
);
CREATE INDEX merges_seq ON merges (seq);

CREATE TABLE deliveries (
    id         BIGINT NOT NULL PRIMARY KEY,
    key        TEXT   NOT NULL UNIQUE,
    kind       TEXT   NOT NULL,
    channel    TEXT   NOT NULL,
    route      TEXT   NOT NULL,
    story      BIGINT NOT NULL,
    period     TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- due, sending, sent, dead
    attempt    BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    payload    TEXT,            -- frozen by the first claim
    receipt    TEXT   NOT NULL DEFAULT '',
    error      TEXT   NOT NULL DEFAULT '',
    created    BIGINT NOT NULL,
    claimed    BIGINT,          -- while sending: since when; when due again: when it was last tried
    settled    BIGINT
);
CREATE INDEX deliveries_due ON deliveries (channel, due_at, id) WHERE state = 'due';
CREATE INDEX deliveries_sending ON deliveries (channel) WHERE state = 'sending';
CREATE INDEX deliveries_story ON deliveries (story);
CREATE INDEX deliveries_settled ON deliveries (settled) WHERE settled IS NOT NULL;

CREATE TABLE threads (
    channel TEXT   NOT NULL,
    story   BIGINT NOT NULL,
    thread  TEXT   NOT NULL,
    PRIMARY KEY (channel, story)
);

-- Which stories a route has told. Rows outlive the deliveries they came from,
-- so that pruning makes nothing new.
CREATE TABLE told (
    route TEXT   NOT NULL,
    story BIGINT NOT NULL,
    key   TEXT   NOT NULL, -- of the delivery
    kind  TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (route, story, key)
);
CREATE INDEX told_story ON told (story);

-- Up to where the digests of a route have come.
CREATE TABLE cuts (
    route     TEXT   NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL,
    sealed_at BIGINT
);

CREATE TABLE sealed (
    route     TEXT   NOT NULL,
    period    TEXT   NOT NULL,
    key       TEXT   NOT NULL, -- of the delivery; '' when there was nothing to tell
    sealed_at BIGINT NOT NULL,
    PRIMARY KEY (route, period)
);

CREATE TABLE schedule (
    name    TEXT   NOT NULL PRIMARY KEY,
    spec    TEXT   NOT NULL,
    next_at BIGINT NOT NULL,
    last_at BIGINT
);
CREATE INDEX schedule_next ON schedule (next_at);

-- A lease says that a job for this work is queued, so that ticks do not insert
-- it again every second. It only saves work: that there is one job at a time
-- is the queue's unique index.
CREATE TABLE leases (
    name  TEXT   NOT NULL PRIMARY KEY, -- visit/HOST, group, deliver/CHANNEL
    until BIGINT NOT NULL
);

CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('seq', 0);

-- +goose Down
DROP TABLE counters;
DROP TABLE leases;
DROP TABLE schedule;
DROP TABLE sealed;
DROP TABLE cuts;
DROP TABLE told;
DROP TABLE threads;
DROP TABLE deliveries;
DROP TABLE merges;
DROP TABLE members;
DROP TABLE stories;
DROP TABLE revisions;
DROP TABLE identities;
DROP TABLE articles;
DROP TABLE sources;
