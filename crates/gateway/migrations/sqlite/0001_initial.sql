-- Times are milliseconds since 1970 (UTC). Nothing in the clear: tokens are sealed, ids of sessions
-- and attempts are kept as SHA-256 digests, nicknames are not kept at all.

CREATE TABLE accounts (
    id            TEXT    PRIMARY KEY,
    -- Which Kakao app, at which address: the same person has another id in another app.
    kakao_app     TEXT    NOT NULL,
    kakao_user_id INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    UNIQUE (kakao_app, kakao_user_id)
) STRICT;

CREATE TABLE tokens (
    account_id TEXT    PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id_digest    BLOB    PRIMARY KEY CHECK (length(id_digest) = 32),
    -- The SameSite=Strict twin of the session cookie: without it nothing is sent or destroyed.
    write_digest BLOB    NOT NULL CHECK (length(write_digest) = 32),
    account_id   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_attempts (
    state_digest   BLOB    PRIMARY KEY CHECK (length(state_digest) = 32),
    browser_digest BLOB    NOT NULL CHECK (length(browser_digest) = 32),
    sealed         BLOB    NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX login_attempts_by_expiry ON login_attempts (expires_at);

-- One sealed row that only the right vault key opens.
CREATE TABLE vault_check (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    sealed BLOB    NOT NULL
) STRICT;
