-- As in ../sqlite: times are milliseconds since 1970 (UTC), and nothing stands here in the clear.

CREATE TABLE accounts (
    id            TEXT   PRIMARY KEY,
    -- Which Kakao app, at which address: the same person has another id in another app.
    kakao_app     TEXT   NOT NULL,
    kakao_user_id BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (kakao_app, kakao_user_id)
);

CREATE TABLE tokens (
    account_id TEXT   PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    version    BIGINT NOT NULL,
    sealed     BYTEA  NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id_digest    BYTEA  PRIMARY KEY CHECK (length(id_digest) = 32),
    -- The SameSite=Strict twin of the session cookie: without it nothing is sent or destroyed.
    write_digest BYTEA  NOT NULL CHECK (length(write_digest) = 32),
    account_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_attempts (
    state_digest   BYTEA  PRIMARY KEY CHECK (length(state_digest) = 32),
    browser_digest BYTEA  NOT NULL CHECK (length(browser_digest) = 32),
    sealed         BYTEA  NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX login_attempts_by_expiry ON login_attempts (expires_at);

-- One sealed row that only the right vault key opens.
CREATE TABLE vault_check (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    sealed BYTEA  NOT NULL
);
