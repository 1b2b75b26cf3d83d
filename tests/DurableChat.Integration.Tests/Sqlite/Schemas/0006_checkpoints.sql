CREATE TABLE [SchemaVersions] (
    SchemaVersionID INTEGER CONSTRAINT [PK_SchemaVersions_Id] PRIMARY KEY AUTOINCREMENT NOT NULL,
    ScriptName TEXT NOT NULL,
    Applied DATETIME NOT NULL
);

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
, commit_id TEXT NOT NULL DEFAULT '', next_model TEXT, settings TEXT) WITHOUT ROWID;

CREATE TABLE checkpoints (
    chat_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (chat_id, generation, first_seq)
);

CREATE TABLE deleted_chats (
    id TEXT NOT NULL PRIMARY KEY,
    deleted_at INTEGER NOT NULL
, has_remains INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    chat_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, key)
);

CREATE TABLE messages (
    chat_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    previous_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (chat_id, id)
);

CREATE TABLE queued_messages (
    chat_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL, model TEXT, settings TEXT,
    PRIMARY KEY (chat_id, id)
);

CREATE TABLE replicas (
    id TEXT NOT NULL PRIMARY KEY,
    heartbeat_at INTEGER NOT NULL
, on_time_since INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE usage (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    model TEXT NOT NULL,
    requests INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER,
    cache_write INTEGER,
    reasoning INTEGER,
    cost INTEGER,
    PRIMARY KEY (owner, day, model)
) WITHOUT ROWID;

CREATE INDEX chats_by_owner_and_archived ON chats (owner, archived, updated_at DESC, id DESC);

CREATE INDEX chats_that_need_a_worker ON chats (updated_at, id) WHERE status IN ('running', 'interrupting');

CREATE INDEX deleted_chats_by_time ON deleted_chats (deleted_at) WHERE has_remains = 0;

CREATE INDEX deleted_chats_with_remains ON deleted_chats (id) WHERE has_remains = 1;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

INSERT INTO SchemaVersions VALUES (1, 'DurableChat.Sqlite.Migrations.0001_chats.sql', '2026-12-01 01:54:44.3827966');
INSERT INTO SchemaVersions VALUES (2, 'DurableChat.Sqlite.Migrations.0002_on_time.sql', '2026-12-01 01:54:44.452942');
INSERT INTO SchemaVersions VALUES (3, 'DurableChat.Sqlite.Migrations.0003_commits_and_remains.sql', '2026-12-01 01:54:44.4695445');
INSERT INTO SchemaVersions VALUES (4, 'DurableChat.Sqlite.Migrations.0004_usage.sql', '2026-12-01 01:54:44.5238748');
INSERT INTO SchemaVersions VALUES (5, 'DurableChat.Sqlite.Migrations.0005_settings.sql', '2026-12-01 01:54:44.5343216');
INSERT INTO SchemaVersions VALUES (6, 'DurableChat.Sqlite.Migrations.0006_checkpoints.sql', '2026-12-01 01:54:44.5419826');
INSERT INTO chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', 'failed', 'demo', 'error', 0, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["31b291a7-e00b-4088-ae63-0210165edecc"]}', '0124bf07de8d49f0bc8dda46a8e5884f', NULL, NULL);
INSERT INTO chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', 'Put away: ü 😀', 'demo', 'waiting', 1, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["048184e2-2fcc-4928-b1fb-e8c4e5a95bba","f1fdb012-afe0-4c82-acf2-bfb6774986ed"],"usage":{"input_tokens":3,"output_tokens":4}}', '218749f514f44ae09b7e48d252d70a7a', NULL, NULL);
INSERT INTO chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', 'edited', 'demo', 'waiting', 0, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["b3e2588f-42df-4212-8bdd-f5a2b9f34ad1","1afe25dc-63b7-4dc8-9e48-f8040e2c4d6b","db959f4e-1cc2-4ebb-99be-ff7275251086"],"usage":{"input_tokens":6,"output_tokens":8}}', '5df96bcae5294f82af2cff97ed7aa097', NULL, NULL);
INSERT INTO chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', 'running', 'demo', 'running', 0, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["a3c43516-4099-4229-88f0-58e65e71f6c0","21f457cb-f1c2-453e-ba78-624cccbc2f27"]}', '6d31049833474c77ba0b6537ccb7c29e', NULL, NULL);
INSERT INTO chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', 'turns', 'demo', 'waiting', 0, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["daab476d-89aa-47c4-bddf-62cf4386a798","bad59f04-24b7-483d-af47-c3603fd4ad5e","dde0d487-52a1-4c44-9e2f-11fc1adc4644"],"usage":{"input_tokens":6,"output_tokens":8}}', '221be6ef17ee4cf3bdba1a7f0593a4d2', NULL, NULL);
INSERT INTO chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', 'asking', 'demo', 'requires_action', 0, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["68dc195d-9734-4fd6-bf8c-3ad662c29cba"]}', 'ea3dd510955c4271afefece7b09626dc', NULL, NULL);
INSERT INTO deleted_chats VALUES ('c0eb9ed6f1ceaa77e47fe0efa98ee982', 1767268800000000, 0);
INSERT INTO idempotency_keys VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'key', 'fingerprint', 'outcome', 1767268800000000);
INSERT INTO messages VALUES ('0424aeb710b079737462150131f87c83', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"failed"}],"generation":0}');
INSERT INTO messages VALUES ('4044b5682b050815908a81163f5418ed', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"archived"}],"generation":0}');
INSERT INTO messages VALUES ('4044b5682b050815908a81163f5418ed', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":1,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO messages VALUES ('508684adc29ea264a6137a3c53fcb29b', 3, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"changed"}],"generation":0}');
INSERT INTO messages VALUES ('508684adc29ea264a6137a3c53fcb29b', 4, 3, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":2,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"running"}],"generation":0}');
INSERT INTO messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"turns"}],"generation":0}');
INSERT INTO messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":1,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 3, 2, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"more"}],"generation":0}');
INSERT INTO messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 4, 3, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":2,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO messages VALUES ('fda3089765648212faa4198f845bbda2', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"asking"}],"generation":0}');
INSERT INTO messages VALUES ('fda3089765648212faa4198f845bbda2', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"reasoning","text":"hm"},{"type":"tool_call","call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"generation":1,"model":"demo","finish_reason":"tool_calls"}');
INSERT INTO queued_messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, '"queued"', 1767268800000000, NULL, NULL);
INSERT INTO usage VALUES ('owner', '2026-01-01', 'demo', 5, 15, 20, NULL, NULL, NULL, NULL);
