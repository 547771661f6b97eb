-- Holds on others of a case, how long the shred ledger is known to be, and what is left in files after a restore.

-- Cases of a destroyed person that were left alone because a hold is on another of their customers: they follow when it is
-- lifted, and only then is the destruction done.
ALTER TABLE erasure ADD COLUMN kept_case_ids uuid[] NOT NULL DEFAULT '{}';

-- The end of the ledger outside this database, as it was last seen: a ledger that is shorter was cut or lost.
CREATE TABLE shred_ledger (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    lines bigint NOT NULL CHECK (lines >= 0),
    -- HMAC of the last line; empty before the first.
    mac bytea NOT NULL
);
INSERT INTO shred_ledger (lines, mac) VALUES (0, '');
GRANT SELECT, UPDATE ON shred_ledger TO zhenshi_app;

-- Pages that had held whom the ledger had destroyed again were rewritten.
ALTER TABLE shred_replay ADD COLUMN scrubbed_time timestamptz;
GRANT UPDATE (scrubbed_time) ON shred_replay TO zhenshi_app;

COMMENT ON TABLE reveal IS 'Every reveal. The audit entry REVEAL_FIELDS names it first and has a digest over it and what was written about it.';
COMMENT ON TABLE access_grant IS 'Every audit entry that changes a grant names it first and has a digest over it and its loan.';
COMMENT ON TABLE erasure IS 'Every audit entry that changes a destruction names it first and has a digest over it.';
