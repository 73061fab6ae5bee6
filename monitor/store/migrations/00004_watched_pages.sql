-- What changed on a watched page when the article was made of it: lines with
-- "+ " or "- " before each.

-- +goose Up
ALTER TABLE articles ADD COLUMN diff TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE articles DROP COLUMN diff;
