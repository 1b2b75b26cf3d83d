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
    state text NOT NULL
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
    created_at bigint NOT NULL
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

INSERT INTO public.chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', '"turns"', 'demo', 'waiting', false, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, '526a9546-527c-424d-877f-e445dd778662', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["a654eb5c-7db2-424c-bf04-e230ccbbb1eb","66d6cc7d-cc07-493b-a3eb-eef433dddeb5","3710307e-2310-40c4-ba2e-17fc6ab0a69e"],"usage":{"input_tokens":6,"output_tokens":8}}');
INSERT INTO public.chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', '"edited"', 'demo', 'waiting', false, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'f494a549-c448-42de-8616-f2c68dff457d', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["3d5dd409-1eda-41d5-9b14-4b7efd9730ab","bc14bd26-9beb-4b2c-9dc6-85dc6dc7d29f","4777d04a-9152-49eb-869a-3a27598ee9b1"],"usage":{"input_tokens":6,"output_tokens":8}}');
INSERT INTO public.chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', '"running"', 'demo', 'running', false, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '8ecdd9a9-115d-4b0c-9856-9e98fd84a130', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["811939ce-6681-48e2-b50a-27c37fc7da80","ba9f192c-57a0-456f-8df3-bd06c7d3ce8d"]}');
INSERT INTO public.chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', '"asking"', 'demo', 'requires_action', false, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '2d8b21bb-1c89-4200-90a4-852936c8852a', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[0]},"ancestors":["d40234bd-ddfe-41b3-8a05-79236b61f03e"]}');
INSERT INTO public.chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', '"Put away: ü \uD83D\uDE00"', 'demo', 'waiting', true, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '7c114404-b740-4854-a8a7-a9557b62a07c', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["92707864-d1d1-46b7-8222-f162ae7a20a8","170a825d-ac32-4d94-8c51-8aae75ba46ec"],"usage":{"input_tokens":3,"output_tokens":4}}');
INSERT INTO public.chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', '"failed"', 'demo', 'error', false, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, 'e701ff53-621e-4f50-8d99-10787be1aca7', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["92bb9d79-1183-4448-bd16-fc2f29c279da"]}');
INSERT INTO public.chats VALUES ('c0eb9ed6f1ceaa77e47fe0efa98ee982', '', '', '', 'buried', false, 0, 1, 1, NULL, NULL, 1, 1767268800000000, 1796045242108784, '555141b1-26c1-47ee-9003-2745ebf02e11', '', '');


--
-- Data for Name: cluster_settings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: durablechat_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.durablechat_migrations VALUES (1, 'DurableChat.PostgreSql.Migrations.0001_chats.sql', '2026-11-30 13:27:21.148863');
INSERT INTO public.durablechat_migrations VALUES (2, 'DurableChat.PostgreSql.Migrations.0002_on_time.sql', '2026-11-30 13:27:21.168917');
INSERT INTO public.durablechat_migrations VALUES (3, 'DurableChat.PostgreSql.Migrations.0003_archived_and_remains.sql', '2026-11-30 13:27:21.183389');
INSERT INTO public.durablechat_migrations VALUES (4, 'DurableChat.PostgreSql.Migrations.0004_usage.sql', '2026-11-30 13:27:21.188292');


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'key', 'fingerprint', 'outcome', '2026-11-30 13:27:21.911422+00');


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

INSERT INTO public.queued_messages VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 1, '"queued"', 1767268800000000);


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

SELECT pg_catalog.setval('public.durablechat_migrations_schemaversionsid_seq', 4, true);


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


