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
-- Name: checkpoints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoints (
    chat_id text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    first_seq bigint NOT NULL,
    written_at timestamp with time zone NOT NULL,
    body text NOT NULL
);


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

INSERT INTO public.chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', '"turns"', 'demo', 'waiting', false, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'ffa3aa10-a537-4146-bd77-4f357d834cf5', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["ff08a92d-5ece-44e4-af8c-36a4a558b43b","93d62165-0dab-426b-b5d2-670e48e0a25e","ed2b29c8-ba1c-4fed-8410-20b51264ffb4"],"usage":{"input_tokens":6,"output_tokens":8}}', NULL, NULL);
INSERT INTO public.chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', '"edited"', 'demo', 'waiting', false, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '3fd255ad-4817-40fd-9eb0-06ecbbf1c65a', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["1bb68bc6-6905-41b1-8fd1-d069f810c913","555b11d6-d5d5-4e83-ad23-2b85153d201a","055e8b6e-9805-4f86-ad36-283e3f54fa3b"],"usage":{"input_tokens":6,"output_tokens":8}}', NULL, NULL);
INSERT INTO public.chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', '"running"', 'demo', 'running', false, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '4cbf5026-8c71-4157-8069-da558c3bce3f', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["dec1744a-6469-4825-89f6-ac6346d53974","29364742-c923-4d9a-899c-0c80aac82f2a"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', '"asking"', 'demo', 'requires_action', false, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '6188faf4-c28d-4cf1-94f2-2133de594e5e', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["d74d1cca-0fcf-4eb4-bec4-f74192ac4da2"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', '"Put away: ü \uD83D\uDE00"', 'demo', 'waiting', true, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '8b557563-c190-4701-8304-25fce118acce', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["db29051b-bf1d-4895-9dcb-19f54f0db95c","a446fea3-85b2-4640-9332-a926b611487c"],"usage":{"input_tokens":3,"output_tokens":4}}', NULL, NULL);
INSERT INTO public.chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', '"failed"', 'demo', 'error', false, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, '37b2549e-53d1-47be-bb4c-22a8f4eb9f4a', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["ac6e7f1d-ea5b-46ae-896b-7482649f60e0"]}', NULL, NULL);
INSERT INTO public.chats VALUES ('c0eb9ed6f1ceaa77e47fe0efa98ee982', '', '', '', 'buried', false, 0, 1, 1, NULL, NULL, 1, 1767268800000000, 1796092302279124, 'de571d0e-33fe-4285-acb0-4c427b50ea30', '', '', NULL, NULL);


--
-- Data for Name: checkpoints; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: cluster_settings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: durablechat_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.durablechat_migrations VALUES (1, 'DurableChat.PostgreSql.Migrations.0001_chats.sql', '2026-12-01 02:31:41.534738');
INSERT INTO public.durablechat_migrations VALUES (2, 'DurableChat.PostgreSql.Migrations.0002_on_time.sql', '2026-12-01 02:31:41.553575');
INSERT INTO public.durablechat_migrations VALUES (3, 'DurableChat.PostgreSql.Migrations.0003_archived_and_remains.sql', '2026-12-01 02:31:41.560218');
INSERT INTO public.durablechat_migrations VALUES (4, 'DurableChat.PostgreSql.Migrations.0004_usage.sql', '2026-12-01 02:31:41.563733');
INSERT INTO public.durablechat_migrations VALUES (5, 'DurableChat.PostgreSql.Migrations.0005_settings.sql', '2026-12-01 02:31:41.565797');
INSERT INTO public.durablechat_migrations VALUES (6, 'DurableChat.PostgreSql.Migrations.0006_checkpoints.sql', '2026-12-01 02:31:41.56849');


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'key', 'fingerprint', 'outcome', '2026-12-01 02:31:42.103957+00');


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

SELECT pg_catalog.setval('public.durablechat_migrations_schemaversionsid_seq', 6, true);


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
-- Name: checkpoints checkpoints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (chat_id, generation, first_seq);


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


