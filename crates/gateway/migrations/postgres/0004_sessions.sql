-- Who was signed in signs in again: nothing is known of the older sessions that could be listed.
DROP TABLE sessions;

CREATE TABLE sessions (
    id_digest    BYTEA   PRIMARY KEY CHECK (length(id_digest) = 32),
    -- The SameSite=Strict twin of the session cookie: without it nothing is sent or destroyed.
    write_digest BYTEA   NOT NULL CHECK (length(write_digest) = 32),
    -- What a session is called in the list of one's own; it opens nothing.
    id           TEXT    NOT NULL UNIQUE,
    account_id   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at   BIGINT  NOT NULL,
    -- Some minutes behind: not every request is worth writing down.
    last_seen_at BIGINT  NOT NULL,
    -- When it may be thrown out; whether it still lives is reckoned from the two times above.
    expires_at   BIGINT  NOT NULL,
    -- As the browser named itself, shortened.
    user_agent   TEXT    NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
