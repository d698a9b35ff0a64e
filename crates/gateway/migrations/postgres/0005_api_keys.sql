CREATE TABLE api_keys (
    id           TEXT    PRIMARY KEY,
    account_id   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_digest   BYTEA   NOT NULL UNIQUE CHECK (length(key_digest) = 32),
    -- The first characters of the key, by which its owner tells it from others.
    prefix       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    -- Separated by spaces.
    scopes       TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT,
    -- A minute behind.
    last_used_at BIGINT,
    -- How many messages it may send in a day, and has sent on the day last counted (days since 1970, in Korea).
    daily_cap    BIGINT,
    counted_day  BIGINT  NOT NULL DEFAULT 0,
    counted      BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX api_keys_by_account ON api_keys (account_id);
