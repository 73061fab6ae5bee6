-- Visits are no jobs of the queue any more. On PostgreSQL a lease with a holder
-- keeps a host to the process that visits it.

-- +goose Up
DELETE FROM leases;
ALTER TABLE leases ADD COLUMN holder TEXT NOT NULL DEFAULT ''; -- the process that visits; '' for what is queued

-- +goose Down
DELETE FROM leases;
ALTER TABLE leases DROP COLUMN holder;
