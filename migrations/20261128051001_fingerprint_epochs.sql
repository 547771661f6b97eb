-- Rotation of fingerprint keys: two epochs beside each other, until everything is found by the newer one.

-- The epoch in force (none before the first rotation: then each process writes the one that it knows), and the one that is written beside it while a rotation is open. In the gate's row, because whoever records
-- holds the gate and reads its row anyway: from one batch to the next both change for every process.
ALTER TABLE list_gate ADD COLUMN epoch smallint;
ALTER TABLE list_gate ADD COLUMN next_epoch smallint CHECK (next_epoch > epoch);

-- How far rotations have come. cursor_*: what the backfill looked at last, so that a killed run goes on there.
CREATE TABLE epoch_rotation (
    to_epoch smallint PRIMARY KEY,
    from_epoch smallint NOT NULL,
    -- Stays known for what a process still fingerprints with it while it takes up the new one.
    from_key_version smallint NOT NULL,
    cursor_submission uuid NOT NULL,
    cursor_entry uuid NOT NULL,
    cursor_value uuid NOT NULL,
    cursor_head uuid NOT NULL,
    -- Submissions there were at the beginning, and were looked at.
    submissions bigint NOT NULL,
    looked_at bigint NOT NULL,
    -- Fingerprints that were made anew, by the backfill.
    made bigint NOT NULL,
    dropped bigint NOT NULL,
    opened_time timestamptz NOT NULL,
    backfilled_time timestamptz,
    switched_time timestamptz,
    finished_time timestamptz,
    CHECK (to_epoch > from_epoch)
);

-- Which certificates are the same in both epochs, while a rotation is open: a sealed party has one fingerprint, and is found by
-- it before and after it was made anew.
CREATE TABLE epoch_subject (
    from_epoch smallint NOT NULL,
    from_fingerprint uuid NOT NULL,
    to_epoch smallint NOT NULL,
    to_fingerprint uuid NOT NULL,
    PRIMARY KEY (from_epoch, from_fingerprint)
);
CREATE INDEX epoch_subject_to ON epoch_subject (to_epoch, to_fingerprint);

-- What a value will be called in the next epoch; it keeps its id.
ALTER TABLE clue_value ADD COLUMN next_fingerprint uuid;

-- Both epochs beside each other.
ALTER TABLE application_approval DROP CONSTRAINT application_approval_pkey;
ALTER TABLE application_approval ADD PRIMARY KEY (application_id, submission_id, approval_no, epoch);
DROP INDEX directory_person_in_force;
CREATE UNIQUE INDEX directory_person_in_force ON directory_person (owner_kind, owner_code, epoch) WHERE ended_time IS NULL;

GRANT SELECT, INSERT, UPDATE ON epoch_rotation TO zhenshi_app;
GRANT SELECT, INSERT, DELETE ON epoch_subject TO zhenshi_app;
GRANT DELETE ON fingerprint_epoch TO zhenshi_app;
GRANT UPDATE (epoch, fingerprint, next_fingerprint) ON clue_value TO zhenshi_app;
GRANT UPDATE (epoch) ON sealed TO zhenshi_app;
