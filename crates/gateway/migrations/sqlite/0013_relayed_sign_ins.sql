-- Sign-ins that a terminal waits for: a browser brings the code here, and the terminal fetches it once.

CREATE TABLE relayed_sign_ins (
    id             TEXT    PRIMARY KEY,
    -- Of what the terminal shows when it asks for the code.
    secret_digest  BLOB    NOT NULL,
    code_challenge TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    -- Shown by the terminal and by the page, for the person to compare.
    number         TEXT    NOT NULL,
    -- What the browser brought, sealed by the vault key; null until then.
    sealed         BLOB,
    expires_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX relayed_sign_ins_by_end ON relayed_sign_ins (expires_at);
