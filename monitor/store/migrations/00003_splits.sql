-- What people took apart again: a merge that was undone, or articles that were
-- moved to a story of their own.

-- +goose Up
CREATE TABLE splits (
    seq        BIGINT NOT NULL, -- of its place in the order of grouping
    article    BIGINT NOT NULL REFERENCES articles (id),
    from_story BIGINT NOT NULL,
    into_story BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (seq, article)
);
CREATE INDEX splits_article ON splits (article);

-- +goose Down
DROP TABLE splits;
