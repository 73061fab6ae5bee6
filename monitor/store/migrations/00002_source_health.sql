-- What the line remembers of a source between polls: its rhythm, and the
-- troubles its operators were told of. JSON, read by package monitor alone.

-- +goose Up
ALTER TABLE sources ADD COLUMN memory TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sources DROP COLUMN memory;
