-- Each account has a data key of its own, sealed by a vault key: whoever deletes the row destroys it.
-- Rows of the first schema have none yet; their tokens are sealed by the vault key itself.
ALTER TABLE accounts ADD COLUMN data_key BYTEA;
ALTER TABLE accounts ADD COLUMN vault_key_id TEXT;
CREATE INDEX accounts_by_vault_key ON accounts (vault_key_id, id);

-- Which vault key seals from now on, the same for every gateway. An id shows nothing of its key.
CREATE TABLE vault_writing_key (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id  TEXT   NOT NULL CHECK (length(id) = 16)
);
