-- The story that was the first to name a report, by the report's hash in the
-- grouping: an article on it opens that story again, however long it was closed.

-- +goose Up
CREATE TABLE reports (
    hash  BIGINT PRIMARY KEY,
    story BIGINT NOT NULL REFERENCES stories (id),
    at    BIGINT NOT NULL -- Unix milliseconds
);

-- +goose Down
DROP TABLE reports;
