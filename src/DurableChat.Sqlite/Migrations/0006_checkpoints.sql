-- Parts of answers in flight, so that they survive the process. Rows are added about once a second, and removed by the commit that ends the answer.
CREATE TABLE checkpoints (
    chat_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (chat_id, generation, first_seq)
);
