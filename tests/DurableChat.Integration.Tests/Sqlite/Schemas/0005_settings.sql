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

INSERT INTO SchemaVersions VALUES (1, 'DurableChat.Sqlite.Migrations.0001_chats.sql', '2026-11-30 16:57:09.3431606');
INSERT INTO SchemaVersions VALUES (2, 'DurableChat.Sqlite.Migrations.0002_on_time.sql', '2026-11-30 16:57:09.3501285');
INSERT INTO SchemaVersions VALUES (3, 'DurableChat.Sqlite.Migrations.0003_commits_and_remains.sql', '2026-11-30 16:57:09.3510789');
INSERT INTO SchemaVersions VALUES (4, 'DurableChat.Sqlite.Migrations.0004_usage.sql', '2026-11-30 16:57:09.3517801');
INSERT INTO SchemaVersions VALUES (5, 'DurableChat.Sqlite.Migrations.0005_settings.sql', '2026-11-30 16:57:09.3531358');
INSERT INTO chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', 'failed', 'demo', 'error', 0, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["53ac705e-5654-406f-a8bc-30a7e27017d8"]}', 'd4a86d317ec84b55921b162cbd59b87f', NULL, NULL);
INSERT INTO chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', 'Put away: ü 😀', 'demo', 'waiting', 1, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["8e0263c1-142f-4881-bcaa-5376252d13f0","c3944206-b79f-4d3a-8cdf-37b154466c43"],"usage":{"input_tokens":3,"output_tokens":4}}', 'd4b26ef8ad5142908cf24ce77f6e4c2c', NULL, NULL);
INSERT INTO chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', 'edited', 'demo', 'waiting', 0, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["f210e045-3737-4d10-a176-6e4fa83cfd42","db6f5985-c52d-4bad-b27a-0ba211bba8e4","e37106fa-e025-43ce-8b80-3ecf373f0fbd"],"usage":{"input_tokens":6,"output_tokens":8}}', '4a5e9e3db2f74c8abf74896f7bbde5e5', NULL, NULL);
INSERT INTO chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', 'running', 'demo', 'running', 0, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["c74dc0b4-066d-4ba7-b0b3-0e9f8ac4099d","b40b09f8-ad7d-4614-84aa-c42645e694d2"]}', '2592601153eb49fca37fa8b8dded6655', NULL, NULL);
INSERT INTO chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', 'turns', 'demo', 'waiting', 0, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["d22ef61d-8fdb-4f78-a607-e0a171f1b6df","400f8dad-cb46-4d7a-8683-561efb0ebea4","a630ca05-8d0e-4283-bf4b-a20e40ac45ef"],"usage":{"input_tokens":6,"output_tokens":8}}', '757e39927a374984822f6b7dbe2431e2', NULL, NULL);
INSERT INTO chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', 'asking', 'demo', 'requires_action', 0, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["27e7dd12-5066-4f28-850f-aa3f7418925f"]}', 'd0d6cd4ea37646e199fc08ba453a5642', NULL, NULL);
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
