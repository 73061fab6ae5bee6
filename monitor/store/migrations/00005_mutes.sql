-- +goose Up
-- Stories that a desk does not want to hear of.
CREATE TABLE mutes (
    story      BIGINT NOT NULL,
    channel    TEXT   NOT NULL, -- whose desk said it; '' for every channel
    irrelevant BIGINT NOT NULL, -- 0: until something material comes; 1: it should not have matched, for good
    who        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (story, channel)
);

-- +goose Down
DROP TABLE mutes;
