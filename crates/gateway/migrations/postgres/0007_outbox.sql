-- The outbox. What somebody asked for is a message, each receiver's share of it a delivery, and every part a delivery
-- had in a call to Kakao an attempt. The order of a `seq` is the order of acceptance.

-- What waited for a consent in there waited for an hour at most: it is sent again by whoever still wants it.
DROP TABLE parked_actions;

CREATE TABLE messages (
    seq             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    account_id      TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Which key accepted it; keys are revoked, and their messages stay.
    api_key_id      TEXT,
    -- What to send, sealed by the account's data key; gone when it has been kept long enough.
    sealed          BYTEA,
    created_at      BIGINT NOT NULL,
    -- Not before; none for at once.
    send_at         BIGINT,
    -- Not after.
    expires_at      BIGINT NOT NULL,
    on_unconfirmed  TEXT    NOT NULL CHECK (on_unconfirmed IN ('hold', 'resend')),
    on_quota        TEXT    NOT NULL CHECK (on_quota IN ('wait', 'refuse')),
    on_failure      TEXT    NOT NULL CHECK (on_failure IN ('retry', 'refuse')),
    -- The consent items it waits for, separated by commas.
    scopes          TEXT,
    -- SHA-256 of the key with which it may be asked for again.
    idempotency_key BYTEA CHECK (length(idempotency_key) = 32)
);
CREATE INDEX messages_by_account ON messages (account_id, seq);
CREATE UNIQUE INDEX messages_by_idempotency_key ON messages (account_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_by_age_of_key ON messages (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_with_content ON messages (created_at) WHERE sealed IS NOT NULL;

CREATE TABLE deliveries (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_seq BIGINT NOT NULL REFERENCES messages (seq) ON DELETE CASCADE,
    account_id  TEXT    NOT NULL,
    -- Among the receivers of its message, from 0.
    place       BIGINT NOT NULL,
    -- 'me', or a friend's uuid.
    receiver    TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('scheduled', 'queued', 'sending', 'delivered', 'refused',
                    'waiting_consent', 'waiting_quota', 'unconfirmed', 'cancelled', 'expired')),
    -- Why it waits or ended so: Kakao's code, or a word of ours.
    code        TEXT,
    -- When something is to be done about it, 0 for at once; none when nothing is.
    due_at      BIGINT,
    attempts    BIGINT NOT NULL DEFAULT 0,
    changed_at  BIGINT NOT NULL,
    CHECK ((due_at IS NULL) = (state IN ('delivered', 'refused', 'unconfirmed', 'cancelled', 'expired')))
);
CREATE INDEX deliveries_by_message ON deliveries (message_seq);
CREATE INDEX deliveries_due ON deliveries (account_id, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_in_order ON deliveries (account_id, receiver, due_at) WHERE state IN ('queued', 'sending');

CREATE TABLE attempts (
    delivery_seq BIGINT NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
    number       BIGINT NOT NULL,
    begun_at     BIGINT NOT NULL,
    -- Unknown when the gateway died over it.
    duration_ms  BIGINT,
    outcome      TEXT    NOT NULL,
    code         TEXT,
    PRIMARY KEY (delivery_seq, number)
);

-- One lane an account: who holds it sends, and nobody else, as long as the lease runs.
CREATE TABLE lanes (
    account_id TEXT    PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    kakao_app  TEXT    NOT NULL,
    due_at     BIGINT NOT NULL,
    -- Grows with everything that is new in the lane, so that its holder does not leave it behind.
    news       BIGINT NOT NULL,
    holder     TEXT,
    held_until BIGINT,
    CHECK ((holder IS NULL) = (held_until IS NULL))
);
CREATE INDEX lanes_by_due ON lanes (kakao_app, due_at);
CREATE INDEX lanes_by_holder ON lanes (holder) WHERE holder IS NOT NULL;
