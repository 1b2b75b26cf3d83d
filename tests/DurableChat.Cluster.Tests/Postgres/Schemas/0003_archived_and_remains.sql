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
-- Name: durablechat_migrations schemaversionsid; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.durablechat_migrations ALTER COLUMN schemaversionsid SET DEFAULT nextval('public.durablechat_migrations_schemaversionsid_seq'::regclass);


--
-- Data for Name: chats; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.chats VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'owner', '"turns"', 'demo', 'waiting', false, 4, 1, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'ed0c4e1a-03fa-4a5e-b53c-96ed79da8b42', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["423f884f-4823-4bbd-828b-a199a2949838","d2648e2d-570f-4eee-a8de-1d37cd062ee4","84eb9b98-600f-4b82-911e-c50ae9f96110"]}');
INSERT INTO public.chats VALUES ('508684adc29ea264a6137a3c53fcb29b', 'owner', '"edited"', 'demo', 'waiting', false, 4, 2, 4, NULL, NULL, 2, 1767268800000000, 1767268800000000, 'd9e6004b-c098-4093-a64f-151ef71eabfa', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":4,"generation":2,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["11788204-c06d-45b5-badb-0c6e0fe32f8f","c1312a2a-8501-4e1e-8d23-650d98d0b952","5fa815dd-a7d4-4f33-8ed3-b85ac55ccd5f"]}');
INSERT INTO public.chats VALUES ('d0512f51ec0059479f27a8f5e8d854ea', 'owner', '"running"', 'demo', 'running', false, 3, 1, 1, 'gone', 1, 1, 1767268800000000, 1767268800000000, '0fd1fee0-6d34-47a4-92d9-57f31a83cd55', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":2,"attempt":2,"step":0,"pending_tool_calls":[],"queue_order":[1],"urgent_queued":[],"last_queued_id":1,"ancestors":["a4122911-2cef-4d40-91f6-e3c220292b22","81acfdb2-ff4f-49d4-aa16-b226e5cf96b9"]}');
INSERT INTO public.chats VALUES ('fda3089765648212faa4198f845bbda2', 'owner', '"asking"', 'demo', 'requires_action', false, 2, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '3717caed-8bcb-4aed-bea1-8f55abdff847', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":1,"pending_tool_calls":[{"call_id":"call","name":"pick","arguments":"{\"of\":[1,2]}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["46f2a1b7-a741-43d9-8056-ba309d0315d4"]}');
INSERT INTO public.chats VALUES ('4044b5682b050815908a81163f5418ed', 'owner', '"Put away: ü \uD83D\uDE00"', 'demo', 'waiting', true, 3, 1, 2, NULL, NULL, 1, 1767268800000000, 1767268800000000, '9573a6a3-c762-44e0-92c4-c4bdc1459b2a', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":2,"generation":1,"attempt":0,"step":0,"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["5ab4521e-1fc0-4d4b-9c3a-721bff469253","002a78dd-004f-4ab7-a99c-930c3e1331a6"]}');
INSERT INTO public.chats VALUES ('0424aeb710b079737462150131f87c83', 'owner', '"failed"', 'demo', 'error', false, 2, 1, 1, NULL, NULL, 1, 1767268800000000, 1767268800000000, '361db8f2-10e6-4882-a4f3-96a310287423', '[{"name":"pick","description":"Picks one.","parameters":"{\"type\":\"object\"}"}]', '{"last_assigned_id":1,"generation":1,"attempt":0,"step":0,"error":{"code":"model_failed","message":"It failed.","retryable":true},"pending_tool_calls":[],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"ancestors":["ec6cbd63-dcb8-4a57-9df0-62acc721f4c9"]}');
INSERT INTO public.chats VALUES ('c0eb9ed6f1ceaa77e47fe0efa98ee982', '', '', '', 'buried', false, 0, 1, 1, NULL, NULL, 1, 1767268800000000, 1796025939994315, '4e36c5f2-1317-4bc7-b7f3-07a810572190', '', '');


--
-- Data for Name: cluster_settings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: durablechat_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.durablechat_migrations VALUES (1, 'DurableChat.PostgreSql.Migrations.0001_chats.sql', '2026-11-30 08:05:39.639796');
INSERT INTO public.durablechat_migrations VALUES (2, 'DurableChat.PostgreSql.Migrations.0002_on_time.sql', '2026-11-30 08:05:39.651927');
INSERT INTO public.durablechat_migrations VALUES (3, 'DurableChat.PostgreSql.Migrations.0003_archived_and_remains.sql', '2026-11-30 08:05:39.656599');


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('e9ad31e44ec8c7cd60dd7925e4a14d16', 'key', 'fingerprint', 'outcome', '2026-11-30 08:05:39.952556+00');


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
-- Name: durablechat_migrations_schemaversionsid_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.durablechat_migrations_schemaversionsid_seq', 3, true);


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


