-- Logins that are kept alive, logins that have ended, and people who leave.

-- When the tokens are refreshed at the latest; those that stand here already are looked at once, soon.
ALTER TABLE tokens ADD COLUMN kakao_app TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN keep_alive_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN keep_alive_attempts INTEGER NOT NULL DEFAULT 0;
UPDATE tokens SET kakao_app = (SELECT kakao_app FROM accounts WHERE accounts.id = tokens.account_id);
CREATE INDEX tokens_by_keep_alive ON tokens (kakao_app, keep_alive_at);

-- Why and since when Kakao no longer takes the tokens; the next sign-in empties both.
ALTER TABLE accounts ADD COLUMN login_ended TEXT;
ALTER TABLE accounts ADD COLUMN login_ended_at INTEGER;
ALTER TABLE accounts ADD COLUMN signed_in_at INTEGER NOT NULL DEFAULT 0;

-- Receipts of those who have left, or are about to: they outlive the account.
CREATE TABLE unlinks (
    id           TEXT    PRIMARY KEY,
    kakao_app    TEXT    NOT NULL,
    account_id   TEXT    NOT NULL,
    asked_by     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    -- Of pending ones: when Kakao is asked again, and how often it was asked.
    retry_at     INTEGER,
    attempts     INTEGER NOT NULL,
    CHECK ((state = 'pending') = (retry_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX unlinks_pending ON unlinks (account_id) WHERE state = 'pending';
CREATE INDEX unlinks_by_retry ON unlinks (kakao_app, retry_at) WHERE state = 'pending';

-- Security events that were acted on, as long as Kakao could send them again.
CREATE TABLE security_events (
    kakao_app  TEXT    NOT NULL,
    jti        TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kakao_app, jti)
) STRICT;
CREATE INDEX security_events_by_expiry ON security_events (expires_at);
