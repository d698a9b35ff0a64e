-- A message that waits for a consent, or that followed a sign-in, and what became of it.

CREATE TABLE parked_actions (
    id         TEXT   PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'doing', 'done', 'failed', 'unconfirmed')),
    -- What to send and to whom, sealed; gone as soon as nobody needs it any more.
    sealed     BYTEA,
    -- The consent items it waits for, separated by commas.
    scopes     TEXT   NOT NULL,
    -- Why it failed: Kakao's code, or a word of ours.
    code       TEXT,
    receivers  BIGINT NOT NULL,
    delivered  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX parked_actions_by_account ON parked_actions (account_id);
CREATE INDEX parked_actions_by_expiry ON parked_actions (expires_at);
