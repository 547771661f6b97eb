-- Audit log and outbox. A transaction leaves its entries without position; one relay gives positions in commit order and
-- chains the audit entries by HMAC. The service may add to the chain, never change or remove.

CREATE TABLE audit_pending (
    id uuid PRIMARY KEY,
    recorded_time timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_ids uuid[] NOT NULL,
    reason text NOT NULL,
    -- SHA-256 over the rows that the entry stands for; empty when the entry says it all.
    digest bytea NOT NULL
);

CREATE TABLE audit_entry (
    position bigint PRIMARY KEY CHECK (position >= 1),
    id uuid NOT NULL,
    recorded_time timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_ids uuid[] NOT NULL,
    reason text NOT NULL,
    digest bytea NOT NULL,
    mac bytea NOT NULL CHECK (length(mac) = 32)
);

-- What happened, for readers by position. Holds ids only, never personal data.
CREATE TABLE outbox_pending (
    id uuid PRIMARY KEY,
    recorded_time timestamptz NOT NULL,
    kind text NOT NULL,
    subject_ids uuid[] NOT NULL
);

CREATE TABLE outbox_event (
    position bigint PRIMARY KEY CHECK (position >= 1),
    id uuid NOT NULL,
    recorded_time timestamptz NOT NULL,
    kind text NOT NULL,
    subject_ids uuid[] NOT NULL
);

-- The relay's place in each sequence; its row lock makes the relay one.
CREATE TABLE chain_head (
    name text PRIMARY KEY CHECK (name IN ('audit', 'outbox')),
    position bigint NOT NULL CHECK (position >= 0),
    mac bytea NOT NULL CHECK (length(mac) = 32)
);
INSERT INTO chain_head (name, position, mac)
VALUES ('audit', 0, decode(repeat('00', 32), 'hex')), ('outbox', 0, decode(repeat('00', 32), 'hex'));

GRANT SELECT, INSERT, DELETE ON audit_pending, outbox_pending TO zhenshi_app;
GRANT SELECT, INSERT ON audit_entry, outbox_event TO zhenshi_app;
GRANT SELECT, UPDATE ON chain_head TO zhenshi_app;
