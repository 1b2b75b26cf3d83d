--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: chats; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.chats (
    chat_id text NOT NULL COLLATE pg_catalog."C",
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
    state text NOT NULL,
    next_model text,
    settings text
)
WITH (fillfactor='80');


--
-- Name: cluster_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cluster_settings (
    name text NOT NULL,
    value text NOT NULL
);


--
-- Name: durablechat_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.durablechat_migrations (
    schemaversionsid integer NOT NULL,
    scriptname character varying(255) NOT NULL,
    applied timestamp without time zone NOT NULL
);


--
-- Name: durablechat_migrations_schemaversionsid_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.durablechat_migrations_schemaversionsid_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: durablechat_migrations_schemaversionsid_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.durablechat_migrations_schemaversionsid_seq OWNED BY public.durablechat_migrations.schemaversionsid;


--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    chat_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL,
    fingerprint text NOT NULL,
    outcome text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    chat_id text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    previous_id bigint NOT NULL,
    role text NOT NULL,
    created_at bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: queued_messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.queued_messages (
    chat_id text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    model text,
    settings text
);


--
-- Name: replicas; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.replicas (
    replica_id text NOT NULL,
    address text,
    heartbeat_at timestamp with time zone NOT NULL,
    on_time_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: usage; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.usage (
    owner text NOT NULL,
    day date NOT NULL,
    model text NOT NULL COLLATE pg_catalog."C",
    slot integer NOT NULL,
    requests bigint NOT NULL,
    input bigint NOT NULL,
    output bigint NOT NULL,
    cache_read bigint,
    cache_write bigint,
    reasoning bigint,
    cost numeric
)
WITH (fillfactor='70');


--
-- Name: durablechat_migrations schemaversionsid; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.durablechat_migrations ALTER COLUMN schemaversionsid SET DEFAULT nextval('public.durablechat_migrations_schemaversionsid_seq'::regclass);


--
-- Data for Name: chats; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', '"turns"', 'demo', 'waiting', false, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'ce867745-588b-4f55-b972-f446c85f577a', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["aa7e71c4-d6ee-42f4-b14a-735831380169","20d1de25-2f11-4d84-ae4f-12cdbf547891","ce30f456-71a3-40f2-8b95-8710f4852d97"],"usage":{"input_tokens":6,"output_tokens":8}}', NULL, NULL);
INSERT INTO public.chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', '"edited"', 'demo', 'waiting', false, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'ba68383a-3986-4b9f-afd0-e1fff460a745', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["33ce5b8f-3613-4413-89ac-367a8843fe8c","be744c2e-2b6b-4cfe-a7c7-1a4df8bd90e0","a9ff64e8-3547-429a-a855-5dc228b6da6a"],"usage":{"input_tokens":6,"output_tokens":8}}', NULL, NULL);
INSERT INTO public.chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', '"running"', 'demo', 'running', false, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, 'c3bf864d-540d-4c26-bc84-77abc633e203', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["9de5f32e-b732-4ae8-a29e-298bcb60317b","a0c1df5d-86b8-484c-9cae-d2e32a275fe8"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', '"asking"', 'demo', 'requires_action', false, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '6ada0dd6-8ca0-46c1-8f5c-99d4c7f631fc', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["da6e992a-7372-4583-8a41-a3d4dca857aa"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', '"Put away: ü \uD83D\uDE00"', 'demo', 'waiting', true, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, 'e019ffe5-163e-4bac-9228-6124cb0499aa', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["d807dc39-0a9a-415c-9875-7befe5da9fd8","c060f426-ad79-4c92-85b4-6edb053f5cdc"],"usage":{"input_tokens":3,"output_tokens":4}}', NULL, NULL);
INSERT INTO public.chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', '"failed"', 'demo', 'error', false, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, 'bd7d4fc3-81e7-421f-be99-07d02ef6df26', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["95bf3e2a-e266-4acb-b2e4-f626ecc186b6"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('c0eb9ed6f1ceaa77e47fe0efa98ee982', '', '', '', 'buried', false, 0, 1, 1, NULL, NULL, 1, 1767268800000000, 1796058765288431, 'dd75fb43-97a7-4f65-b9cb-29a20c185e51', '', '', NULL, NULL);


--
-- Data for Name: cluster_settings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: durablechat_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.durablechat_migrations VALUES (1, 'DurableChat.PostgreSql.Migrations.0001_chats.sql', '2026-11-30 17:12:44.999137');
INSERT INTO public.durablechat_migrations VALUES (2, 'DurableChat.PostgreSql.Migrations.0002_on_time.sql', '2026-11-30 17:12:45.011662');
INSERT INTO public.durablechat_migrations VALUES (3, 'DurableChat.PostgreSql.Migrations.0003_archived_and_remains.sql', '2026-11-30 17:12:45.018111');
INSERT INTO public.durablechat_migrations VALUES (4, 'DurableChat.PostgreSql.Migrations.0004_usage.sql', '2026-11-30 17:12:45.021399');
INSERT INTO public.durablechat_migrations VALUES (5, 'DurableChat.PostgreSql.Migrations.0005_settings.sql', '2026-11-30 17:12:45.024418');


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'key', 'fingerprint', 'outcome', '2026-11-30 17:12:45.246751+00');


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"turns"}],"generation":0}');
INSERT INTO public.messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":1,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO public.messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 3, 2, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"more"}],"generation":0}');
INSERT INTO public.messages VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 4, 3, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":2,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO public.messages VALUES ('508684adc29ea264a6137a3c53fcb29b', 3, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"changed"}],"generation":0}');
INSERT INTO public.messages VALUES ('508684adc29ea264a6137a3c53fcb29b', 4, 3, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":2,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO public.messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"running"}],"generation":0}');
INSERT INTO public.messages VALUES ('fda3089765648212faa4198f845bbda2', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"asking"}],"generation":0}');
INSERT INTO public.messages VALUES ('fda3089765648212faa4198f845bbda2', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"reasoning","text":"hm"},{"type":"tool_call","call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"generation":1,"model":"demo","finish_reason":"tool_calls"}');
INSERT INTO public.messages VALUES ('4044b5682b050815908a81163f5418ed', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"archived"}],"generation":0}');
INSERT INTO public.messages VALUES ('4044b5682b050815908a81163f5418ed', 2, 1, 'assistant', 1767268800000000, '{"parts":[{"type":"text","text":"answer"}],"generation":1,"model":"demo","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO public.messages VALUES ('0424aeb710b079737462150131f87c83', 1, 0, 'user', 1767268800000000, '{"parts":[{"type":"text","text":"failed"}],"generation":0}');


--
-- Data for Name: queued_messages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.queued_messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, '"queued"', 1767268800000000, NULL, NULL);


--
-- Data for Name: replicas; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: usage; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.usage VALUES ('owner', '2026-01-01', 'demo', 2, 2, 6, 8, NULL, NULL, NULL, NULL);
INSERT INTO public.usage VALUES ('owner', '2026-01-01', 'demo', 10, 2, 6, 8, NULL, NULL, NULL, NULL);
INSERT INTO public.usage VALUES ('owner', '2026-01-01', 'demo', 8, 1, 3, 4, NULL, NULL, NULL, NULL);


--
-- Name: durablechat_migrations_schemaversionsid_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.durablechat_migrations_schemaversionsid_seq', 5, true);


--
-- Name: durablechat_migrations PK_durablechat_migrations_Id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.durablechat_migrations
    ADD CONSTRAINT "PK_durablechat_migrations_Id" PRIMARY KEY (schemaversionsid);


--
-- Name: chats chats_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chats
    ADD CONSTRAINT chats_pkey PRIMARY KEY (chat_id);


--
-- Name: cluster_settings cluster_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_settings
    ADD CONSTRAINT cluster_settings_pkey PRIMARY KEY (name);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (chat_id, key);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (chat_id, id);


--
-- Name: queued_messages queued_messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.queued_messages
    ADD CONSTRAINT queued_messages_pkey PRIMARY KEY (chat_id, id);


--
-- Name: replicas replicas_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (replica_id);


--
-- Name: usage usage_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (owner, day, model, slot);


--
-- Name: chats_by_owner_and_archived; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chats_by_owner_and_archived ON public.chats USING btree (owner, archived, updated_at DESC, chat_id DESC);


--
-- Name: chats_that_need_a_worker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chats_that_need_a_worker ON public.chats USING btree (updated_at, chat_id) WHERE (status = ANY (ARRAY['running'::text, 'interrupting'::text]));


--
-- Name: chats_with_remains; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chats_with_remains ON public.chats USING btree (chat_id) WHERE ((version = 0) AND (status = 'deleted'::text));


--
-- Name: gravestones_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX gravestones_by_time ON public.chats USING btree (updated_at) WHERE ((version = 0) AND (status = 'buried'::text));


--
-- Name: idempotency_keys_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_keys_by_time ON public.idempotency_keys USING btree (created_at);


--
-- PostgreSQL database dump complete
--


