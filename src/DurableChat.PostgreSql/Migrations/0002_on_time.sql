-- Since when a replica's heartbeats have come without a gap of more than half a lease.

ALTER TABLE replicas ADD COLUMN on_time_since timestamptz NOT NULL DEFAULT clock_timestamp();
