CREATE TABLE api_keys (
    id           TEXT    PRIMARY KEY,
    account_id   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_digest   BLOB    NOT NULL UNIQUE CHECK (length(key_digest) = 32),
    -- The first characters of the key, by which its owner tells it from others.
    prefix       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    -- Separated by spaces.
    scopes       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    -- A minute behind.
    last_used_at INTEGER,
    -- How many messages it may send in a day, and has sent on the day last counted (days since 1970, in Korea).
    daily_cap    INTEGER,
    counted_day  INTEGER NOT NULL DEFAULT 0,
    counted      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX api_keys_by_account ON api_keys (account_id);
