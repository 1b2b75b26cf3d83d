-- Every key begins with the chat, and no statement touches two chats' rows, so that the tables can be distributed by chat_id. Times are microseconds since 1970 (UTC) as
-- the replica that decided saw them, but for heartbeats and keys, which only this server's clock measures. JSON is text: it is given back as it was written.

CREATE TABLE chats (
    chat_id text COLLATE "C" PRIMARY KEY,
    owner text NOT NULL,
    title text NOT NULL,
    model text NOT NULL,
    status text NOT NULL,
    archived boolean NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    last_message_id bigint NOT NULL,
    lease_replica text,
    lease_token bigint,
    last_lease_token bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    commit_id uuid NOT NULL,
    client_tools text NOT NULL,
    state text NOT NULL
) WITH (fillfactor = 80);

-- Version 0 is the gravestone of a deleted chat. Its id is never used again: a client's old position would otherwise seem to fit the new chat.

-- The two indexes that do not begin with the chat: an owner's list, and the few chats that are running.
CREATE INDEX chats_by_owner ON chats (owner, updated_at DESC, chat_id DESC);

CREATE INDEX chats_that_need_a_worker ON chats (updated_at, chat_id) WHERE status IN ('running', 'interrupting');

CREATE TABLE messages (
    chat_id text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    previous_id bigint NOT NULL,
    role text NOT NULL,
    created_at bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (chat_id, id)
);

CREATE TABLE queued_messages (
    chat_id text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (chat_id, id)
);

CREATE TABLE idempotency_keys (
    chat_id text COLLATE "C" NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    outcome text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (chat_id, key)
);

-- What all replicas of the cluster share.
CREATE TABLE cluster_settings (
    name text PRIMARY KEY,
    value text NOT NULL
);

-- One row for each replica, whose age decides about all of its leases.
CREATE TABLE replicas (
    replica_id text PRIMARY KEY,
    address text,
    heartbeat_at timestamptz NOT NULL
);
