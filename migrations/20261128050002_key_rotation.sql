-- Rotation of keys: which versions are in force, which process holds which, and how far a rotation has come.

-- A key that the database knows and does not use yet is not in force: processes get it before anything is sealed under it.
ALTER TABLE key_check ADD COLUMN in_force boolean NOT NULL DEFAULT true;
ALTER TABLE key_check ALTER COLUMN in_force DROP DEFAULT;

-- What each running process holds, told every few seconds. A rotation begins when all of them hold the new version.
CREATE TABLE key_holder (
    process_id uuid NOT NULL,
    purpose text NOT NULL,
    version smallint NOT NULL,
    seen_time timestamptz NOT NULL,
    PRIMARY KEY (process_id, purpose, version)
);

-- A rotation of the key that wraps data keys. cursor: the last row that was looked at, so that a killed run goes on there.
CREATE TABLE key_rotation (
    version smallint NOT NULL,
    table_name text NOT NULL,
    cursor_id uuid NOT NULL,
    cursor_no smallint NOT NULL,
    looked_at bigint NOT NULL,
    rewrapped bigint NOT NULL,
    started_time timestamptz NOT NULL,
    finished_time timestamptz,
    PRIMARY KEY (version, table_name)
);

GRANT UPDATE, DELETE ON key_check TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON key_holder TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE ON key_rotation TO zhenshi_app;
-- Only what wraps a data key changes; what is sealed never does.
GRANT UPDATE (wrapped_key) ON sealed, case_text, case_evidence, privacy_text TO zhenshi_app;
