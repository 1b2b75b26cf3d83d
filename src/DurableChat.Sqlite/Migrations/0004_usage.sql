-- What model calls have cost, added up for each owner, day (UTC, as 2026-11-30) and model. It outlives the chats. Counts that no provider gave are NULL.
-- The cost is a whole number of 10^-12 US dollars: SQLite has no exact decimals.
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
