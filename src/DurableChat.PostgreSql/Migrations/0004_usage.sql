-- What model calls have cost, added up for each owner, day (UTC) and model. It outlives the chats, so its key is the owner's and not a chat's. Counts that
-- no provider gave are NULL.
-- Commits of many chats of one owner add to it at the same time, and each holds its row until it is durable. Slots, chosen by the chat, spread them over
-- several rows.
CREATE TABLE usage (
    owner text NOT NULL,
    day date NOT NULL,
    model text COLLATE "C" NOT NULL,
    slot integer NOT NULL,
    requests bigint NOT NULL,
    input bigint NOT NULL,
    output bigint NOT NULL,
    cache_read bigint,
    cache_write bigint,
    reasoning bigint,
    cost numeric,
    PRIMARY KEY (owner, day, model, slot)
) WITH (fillfactor = 70);
