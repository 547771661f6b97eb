-- What became of a suspicion of a list: a case of its own, or a place in another's. So the figures of sorting reconcile
-- (listed = distributed + merged + held).
ALTER TABLE case_suspicion ADD COLUMN opened boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN case_suspicion.opened IS 'Its case was made for it, and it has not gone to another since.';
