-- Retention and erasure of persons (fifth text, 25), and inspections (14).

-- How a person's data stand. Only who is not ACTIVE, or is held, has a row.
CREATE TABLE retention_subject (
    id uuid PRIMARY KEY,
    -- A customer; or, for somebody of whom nothing was ever accepted, the first party that names him.
    customer_id uuid UNIQUE,
    submission_id uuid,
    party_no smallint,
    -- 1 active, 2 restricted, 3 due, 4 approved, 5 shredded.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
    restricted_from date,
    due_from date,
    destroy_by date,
    held boolean NOT NULL DEFAULT false,
    -- Who asked for the destruction, until it is decided.
    requested_by text,
    changed_time timestamptz NOT NULL,
    UNIQUE (submission_id, party_no),
    CHECK (customer_id IS NOT NULL OR (submission_id IS NOT NULL AND party_no IS NOT NULL))
);
CREATE INDEX retention_subject_state ON retention_subject (state, id);
CREATE INDEX retention_subject_due ON retention_subject (destroy_by) WHERE state IN (3, 4);

-- Holds: an action at law, a complaint. Each has an end of its own.
CREATE TABLE retention_hold (
    id uuid PRIMARY KEY,
    subject_id uuid NOT NULL REFERENCES retention_subject (id),
    -- 1 litigation, 2 complaint, 3 investigation, 4 order of an authority.
    ground smallint NOT NULL CHECK (ground BETWEEN 1 AND 4),
    -- Number of the matter; no words.
    reference text NOT NULL CHECK (reference <> ''),
    placed_by text NOT NULL,
    placed_time timestamptz NOT NULL,
    lifted_by text,
    lifted_time timestamptz CHECK (lifted_time >= placed_time),
    CHECK ((lifted_by IS NULL) = (lifted_time IS NULL))
);
CREATE INDEX retention_hold_open ON retention_hold (subject_id) WHERE lifted_time IS NULL;

-- A destruction, from request to certificate.
CREATE TABLE erasure (
    id uuid PRIMARY KEY,
    subject_id uuid NOT NULL REFERENCES retention_subject (id),
    -- 1 retention is over, 2 the person asked for it, 3 order of an authority.
    ground smallint NOT NULL CHECK (ground BETWEEN 1 AND 3),
    reference text NOT NULL,
    requested_by text NOT NULL,
    requested_time timestamptz NOT NULL,
    request_id uuid NOT NULL,
    -- HMAC of what was asked with that id.
    request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
    decided_by text CHECK (decided_by <> requested_by),
    decided_time timestamptz,
    approved boolean,
    -- The ledger outside the database has it: destroying may begin.
    ledger_time timestamptz,
    -- What was found to be destroyed then.
    counts jsonb,
    shredded_time timestamptz,
    -- Certificate of destruction, signed.
    certificate text,
    -- Pages that had held it were rewritten.
    scrubbed_time timestamptz,
    UNIQUE (requested_by, request_id),
    CHECK ((decided_time IS NULL) = (decided_by IS NULL) AND (decided_time IS NULL) = (approved IS NULL)),
    CHECK (shredded_time IS NULL OR (approved AND ledger_time IS NOT NULL AND certificate IS NOT NULL))
);
CREATE UNIQUE INDEX erasure_open ON erasure (subject_id)
    WHERE decided_time IS NULL OR (approved AND shredded_time IS NULL);
CREATE INDEX erasure_to_do ON erasure (decided_time) WHERE approved AND shredded_time IS NULL;

-- How far the job has looked.
CREATE TABLE retention_sweep (
    name text PRIMARY KEY CHECK (name IN ('customer', 'rejected')),
    position uuid NOT NULL,
    round_begun_time timestamptz NOT NULL
);
INSERT INTO retention_sweep (name, position, round_begun_time)
VALUES ('customer', '00000000-0000-0000-0000-000000000000', 'epoch'), ('rejected', '00000000-0000-0000-0000-000000000000', 'epoch');

-- What of the ledger outside this database was done in it again: it came from a backup.
CREATE TABLE shred_replay (
    erasure_id uuid PRIMARY KEY,
    replayed_time timestamptz NOT NULL
);
GRANT SELECT, INSERT ON shred_replay TO zhenshi_app;

-- Rewrites one partition of `sealed`, so that its file holds only what lives: keys that were destroyed lie in old row versions
-- until then.
CREATE FUNCTION scrub_sealed(child regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    SET lock_timeout = '5s'
AS $$
DECLARE
    by_index text;
BEGIN
    SELECT i.indexrelid::regclass::text INTO by_index FROM pg_inherits h JOIN pg_index i ON i.indrelid = h.inhrelid
    WHERE h.inhparent = 'sealed'::regclass AND h.inhrelid = child AND i.indisprimary;
    IF by_index IS NULL THEN
        RAISE EXCEPTION '% is no partition of sealed', child USING ERRCODE = 'wrong_object_type';
    END IF;
    EXECUTE format('CLUSTER %s USING %s', child, by_index);
END
$$;
REVOKE ALL ON FUNCTION scrub_sealed(regclass) FROM PUBLIC;

-- Half-yearly inspections: the signed report.
CREATE TABLE inspection (
    id uuid PRIMARY KEY,
    begun_time timestamptz NOT NULL,
    ended_time timestamptz NOT NULL CHECK (ended_time >= begun_time),
    performed_by text NOT NULL,
    passed boolean NOT NULL,
    report text NOT NULL
);
CREATE INDEX inspection_order ON inspection (ended_time DESC);

-- A legal period runs: stored and protected, not shown. Not under the digest of the audit log, as the wrapped key is not.
ALTER TABLE sealed ADD COLUMN restricted boolean NOT NULL DEFAULT false;
-- What a person used, when he is destroyed.
CREATE INDEX contact_use_customer ON contact_use (customer_id);

GRANT SELECT, INSERT, UPDATE ON retention_subject, retention_hold, erasure, retention_sweep TO zhenshi_app;
GRANT DELETE ON retention_subject TO zhenshi_app;
GRANT SELECT, INSERT ON inspection TO zhenshi_app;
GRANT UPDATE (wrapped_key, subject_fingerprint, restricted) ON sealed TO zhenshi_app;
GRANT DELETE ON customer_key, contact_use, application_approval, directory_contact, directory_person, case_evidence_piece
    TO zhenshi_app;
GRANT UPDATE (wrapped_key) ON case_evidence, case_text TO zhenshi_app;
GRANT UPDATE (fingerprint) ON clue_value TO zhenshi_app;
GRANT UPDATE (first_fingerprint, last_fingerprint) ON list_run TO zhenshi_app;

-- Everybody who may ask at all sees all: a destruction is not a matter of one's own channel.
ALTER TABLE retention_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_subject_everything ON retention_subject USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE retention_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_hold_everything ON retention_hold USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY erasure_everything ON erasure USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE inspection ENABLE ROW LEVEL SECURITY;
ALTER TABLE inspection FORCE ROW LEVEL SECURITY;
CREATE POLICY inspection_everything ON inspection USING ((SELECT scope_extent()) = 'everything');
