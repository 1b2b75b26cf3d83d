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
, commit_id TEXT NOT NULL DEFAULT '') WITHOUT ROWID;

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
    created_at INTEGER NOT NULL,
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

INSERT INTO SchemaVersions VALUES (1, 'DurableChat.Sqlite.Migrations.0001_chats.sql', '2026-11-30 13:26:37.973302');
INSERT INTO SchemaVersions VALUES (2, 'DurableChat.Sqlite.Migrations.0002_on_time.sql', '2026-11-30 13:26:37.9980513');
INSERT INTO SchemaVersions VALUES (3, 'DurableChat.Sqlite.Migrations.0003_commits_and_remains.sql', '2026-11-30 13:26:38.0120931');
INSERT INTO SchemaVersions VALUES (4, 'DurableChat.Sqlite.Migrations.0004_usage.sql', '2026-11-30 13:26:38.0132514');
INSERT INTO chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', 'failed', 'demo', 'error', 0, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["1e425a4b-b1ca-4bd6-b807-6287b7c3b0c7"]}', '27c48583eec84adf85114f4ca87035e0');
INSERT INTO chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', 'Put away: ü 😀', 'demo', 'waiting', 1, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["bc6baef3-1688-447a-a721-8e9e13548715","096649c7-9a45-4996-a035-1703b2c69aae"],"usage":{"input_tokens":3,"output_tokens":4}}', 'bd4a306276a54067b5ab0e0d792dc75c');
INSERT INTO chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', 'edited', 'demo', 'waiting', 0, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["ddbc5a9f-fee1-4ef4-bf3f-b69997d4ba23","3de3dba9-60cc-4fcb-81fe-010daf7e8b6b","b716f694-447c-4c79-9c77-294dbe729396"],"usage":{"input_tokens":6,"output_tokens":8}}', 'fffeb140b25f47cfbce1c365e2f13fd2');
INSERT INTO chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', 'running', 'demo', 'running', 0, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["5845a6e2-efa8-48c4-b21d-5b8f41c03076","2e2584e2-be53-4edd-9ddb-08608688f299"]}', '5e197c0a24a743738f05e2a3fc48bb0d');
INSERT INTO chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', 'turns', 'demo', 'waiting', 0, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["a9142f08-7bc7-49c4-9def-04f369a1acbd","810e778e-8455-4769-9fbc-c4ba673fa51c","dc4e6bb4-b45f-404f-bffd-b47425acb98d"],"usage":{"input_tokens":6,"output_tokens":8}}', '6df784f04e3f4bd7840e4363156b0f67');
INSERT INTO chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', 'asking', 'demo', 'requires_action', 0, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["f6e20bda-fe0e-40d0-af48-81e116be69fe"]}', '01d8e6257299461a98a2ef469fc91915');
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
INSERT INTO queued_messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, '"queued"', 1767268800000000);
INSERT INTO usage VALUES ('owner', '2026-01-01', 'demo', 5, 15, 20, NULL, NULL, NULL, NULL);
