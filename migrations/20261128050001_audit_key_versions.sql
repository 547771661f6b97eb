-- Which key chained an entry, so that the key can be replaced and what was chained before stays verifiable; and what is
-- needed to find entries by who, what, when and which.
ALTER TABLE audit_entry ADD COLUMN key_version smallint NOT NULL DEFAULT 1 CHECK (key_version >= 1);
ALTER TABLE audit_entry ALTER COLUMN key_version DROP DEFAULT;

CREATE INDEX audit_entry_actor ON audit_entry (actor, position);
CREATE INDEX audit_entry_action ON audit_entry (action, position);
CREATE INDEX audit_entry_time ON audit_entry (recorded_time);
-- Batches of submissions are found by the time of the submission: each of their ids here would cost more than the batch.
CREATE INDEX audit_entry_subject ON audit_entry USING gin (subject_ids) WHERE action <> 'RECORD_SUBMISSIONS';
