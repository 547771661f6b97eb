-- What the suspicion list needs of the gate's tables beyond what the gate itself needs.

-- The baseline (the book of the first day) waits apart: its pairs go to a self-inspection list (article 26).
ALTER TABLE contact_pending ADD COLUMN baseline boolean NOT NULL DEFAULT false;
ALTER TABLE contact_pending DROP CONSTRAINT contact_pending_pkey;
ALTER TABLE contact_pending ADD PRIMARY KEY (epoch, clue, fingerprint, opened_time, baseline);

-- Since when and until when a revision's parties are in force: relations excuse pairs, and a list is a function of its
-- cut. Rows from before this migration are in force since ever.
ALTER TABLE application_party ADD COLUMN recorded_time timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE application_party ADD COLUMN ended_time timestamptz;
ALTER TABLE application_party ADD CHECK (ended_time >= recorded_time);
ALTER TABLE application_party ALTER COLUMN recorded_time DROP DEFAULT;
CREATE INDEX application_party_customer ON application_party (customer_id);
GRANT UPDATE (ended_time) ON application_party TO zhenshi_app;

-- Who sold what a submission applies for, and which policy it belongs to: a head changes with its revisions, a submission
-- never.
ALTER TABLE submission ADD COLUMN seller_code text NOT NULL DEFAULT '';
ALTER TABLE submission ADD COLUMN agency_code text NOT NULL DEFAULT '';
ALTER TABLE submission ADD COLUMN policy_no text NOT NULL DEFAULT '';
ALTER TABLE submission ADD COLUMN original_application_no text NOT NULL DEFAULT '';
