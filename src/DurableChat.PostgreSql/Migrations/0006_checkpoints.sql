-- Parts of answers in flight, so that they survive the replica. Rows are added about once a second, and removed by the commit that ends the answer.
CREATE TABLE checkpoints (
    chat_id text COLLATE "C" NOT NULL,
    generation bigint NOT NULL,
    first_seq bigint NOT NULL,
    written_at timestamptz NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (chat_id, generation, first_seq)
);
