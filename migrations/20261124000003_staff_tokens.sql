-- Tokens of members of staff: what they may do comes from the directory, every time the tokens are read.

-- The code of a member of staff (kind 5 of directory_entry); NULL for a system. He has no sources and channels of his own,
-- and is called staff:<code>, which no system may be.
ALTER TABLE caller_token ADD COLUMN staff_code text CHECK (staff_code <> '');
ALTER TABLE caller_token DROP CONSTRAINT caller_token_sources_check;
ALTER TABLE caller_token DROP CONSTRAINT caller_token_channels_check;
ALTER TABLE caller_token ADD CONSTRAINT caller_token_holder CHECK (CASE WHEN staff_code IS NULL
    THEN caller NOT LIKE 'staff:%' AND cardinality(sources) > 0 AND cardinality(channels) > 0
    ELSE caller = 'staff:' || staff_code AND cardinality(sources) = 0 AND cardinality(channels) = 0 END);
