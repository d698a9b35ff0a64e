-- Messages that are sent again and again, by a cron expression.

CREATE TABLE recurring_messages (
    id            TEXT   PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kakao_app     TEXT   NOT NULL,
    -- The key that made it, or went on with it; it stops with that key.
    api_key_id    TEXT,
    -- What to send and to whom, sealed by the account's data key.
    sealed        BYTEA  NOT NULL,
    cron          TEXT   NOT NULL,
    time_zone     TEXT   NOT NULL,
    on_missed     TEXT   NOT NULL CHECK (on_missed IN ('send_late', 'skip')),
    starts_at     BIGINT,
    ends_at       BIGINT,
    -- The next time that is not dealt with; none when there are no more.
    next_at       BIGINT,
    -- The last time that was dealt with: no clock makes it come again.
    last_at       BIGINT,
    created_at    BIGINT NOT NULL,
    -- Because somebody said so, or because its key is gone.
    paused_for    TEXT   CHECK (paused_for IN ('asked', 'key_gone')),
    -- Who deals with it tells the others to stay away, by the clock of the database.
    claimed_until BIGINT
);
CREATE INDEX recurring_messages_by_account ON recurring_messages (account_id);
CREATE INDEX recurring_messages_due ON recurring_messages (kakao_app, next_at) WHERE paused_for IS NULL;

-- What made a message, if it came by itself.
ALTER TABLE messages ADD COLUMN recurring_id TEXT;
