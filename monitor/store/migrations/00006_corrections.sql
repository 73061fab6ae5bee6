-- +goose Up
-- Articles of stories that were edited and not looked at since, as they were.
CREATE TABLE edits (
    article BIGINT PRIMARY KEY REFERENCES articles (id),
    title   TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- What such an edit changed in a story.
CREATE TABLE corrections (
    seq     BIGINT PRIMARY KEY, -- in the order of grouping
    article BIGINT NOT NULL REFERENCES articles (id),
    adds    TEXT   NOT NULL,    -- what is told of it, as JSON; '' for nothing
    at      BIGINT NOT NULL
);
CREATE INDEX corrections_article ON corrections (article);

-- +goose Down
DROP TABLE corrections;
DROP TABLE edits;
