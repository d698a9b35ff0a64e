-- Webhooks that people have of their own, and what is to be posted to them.

CREATE TABLE webhooks (
    id              TEXT    PRIMARY KEY,
    account_id      TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Its address, which may hold a secret, and what its posts are signed with.
    sealed          BLOB    NOT NULL,
    created_at      INTEGER NOT NULL,
    last_success_at INTEGER,
    failing_since   INTEGER,
    disabled_at     INTEGER,
    -- Why: its receiver said that it is gone, or it failed too long.
    disabled_for    TEXT    CHECK (disabled_for IN ('gone', 'failing')),
    CHECK ((disabled_at IS NULL) = (disabled_for IS NULL))
) STRICT;
CREATE INDEX webhooks_by_account ON webhooks (account_id);

CREATE TABLE webhook_posts (
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    -- The same in each attempt, and for each webhook that the event goes to.
    id         TEXT    NOT NULL,
    payload    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    -- When to try (again); none when there is nothing more to do.
    due_at     INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    -- Of the last attempt: a status, or a word of ours.
    outcome    TEXT,
    PRIMARY KEY (webhook_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_posts_due ON webhook_posts (webhook_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_posts_done ON webhook_posts (created_at) WHERE due_at IS NULL;

-- Events begin where their reader left off.
CREATE INDEX deliveries_by_change ON deliveries (account_id, changed_at, seq);
