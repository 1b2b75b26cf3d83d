-- An owner's list is of archived chats, or of the others: either must not cost what the other has. A list of all merges the two. It replaces chats_by_owner.
CREATE INDEX chats_by_owner_and_archived ON chats (owner, archived, updated_at DESC, chat_id DESC);

DROP INDEX chats_by_owner;

-- A chat is deleted at once, and what it had is removed in slices. The gravestone of one that still has something has the status 'deleted', afterwards 'buried'.
-- Those of earlier versions have nothing left, and count from now.
UPDATE chats SET status = 'buried', updated_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint WHERE version = 0;

CREATE INDEX chats_with_remains ON chats (chat_id) WHERE version = 0 AND status = 'deleted';

-- The time of change of a gravestone is that of the deletion.
CREATE INDEX gravestones_by_time ON chats (updated_at) WHERE version = 0 AND status = 'buried';

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
