-- What is not to be begun for now.

CREATE TABLE outbox_pauses (
    -- 'all', or the id of an account or of an API key.
    scope     TEXT    NOT NULL,
    -- Each ends only what it began; what a revoked key has still to send is held until it is cancelled.
    paused_by TEXT    NOT NULL CHECK (paused_by IN ('person', 'operator', 'revocation')),
    paused_at BIGINT  NOT NULL,
    PRIMARY KEY (scope, paused_by)
);
