-- Which commit made a chat's version: a version alone does not say so once a failover has lost one. Empty for what was written before this column was there.
ALTER TABLE chats ADD COLUMN commit_id TEXT NOT NULL DEFAULT '';

-- An owner's list is of archived chats, or of the others: either must not cost what the other has. A list of all merges the two. It replaces chats_by_owner.
CREATE INDEX chats_by_owner_and_archived ON chats (owner, archived, updated_at DESC, id DESC);

DROP INDEX chats_by_owner;

-- A chat is deleted at once, and what it had is removed in slices.
ALTER TABLE deleted_chats ADD COLUMN has_remains INTEGER NOT NULL DEFAULT 0;

CREATE INDEX deleted_chats_with_remains ON deleted_chats (id) WHERE has_remains = 1;

CREATE INDEX deleted_chats_by_time ON deleted_chats (deleted_at) WHERE has_remains = 0;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
