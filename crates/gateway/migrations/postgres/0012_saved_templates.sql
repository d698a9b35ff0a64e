-- Templates that people save under a name, to fill in and send.

CREATE TABLE saved_templates (
    id         TEXT   PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Name and template, sealed by the account's data key.
    sealed     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX saved_templates_by_account ON saved_templates (account_id);
