-- Every key begins with the chat, so that the schema could be split by chat. Times are microseconds since 1970 (UTC).

CREATE TABLE chats (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    archived INTEGER NOT NULL,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    last_message_id INTEGER NOT NULL,
    lease_replica TEXT,
    lease_token INTEGER,
    last_lease_token INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    client_tools TEXT NOT NULL,
    state TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX chats_by_owner ON chats (owner, updated_at DESC, id DESC);

CREATE INDEX chats_that_need_a_worker ON chats (updated_at, id) WHERE status IN ('running', 'interrupting');

CREATE TABLE messages (
    chat_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    previous_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (chat_id, id)
);

-- The content is a JSON string, since a user may well send a NUL.
CREATE TABLE queued_messages (
    chat_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, id)
);

CREATE TABLE idempotency_keys (
    chat_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, key)
);

-- An id that was deleted is never used again: a client's old position would otherwise seem to fit the new chat.
CREATE TABLE deleted_chats (
    id TEXT NOT NULL PRIMARY KEY,
    deleted_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE replicas (
    id TEXT NOT NULL PRIMARY KEY,
    heartbeat_at INTEGER NOT NULL
) WITHOUT ROWID;
