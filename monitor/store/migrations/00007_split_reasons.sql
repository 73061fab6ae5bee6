-- Why articles were moved to a story of their own, where the grouping saw it: JSON
-- texts. A person's decision has none.

-- +goose Up
ALTER TABLE splits ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE splits DROP COLUMN reasons;
