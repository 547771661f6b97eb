-- Takes the pending keys of one range away: they have been looked at. Nobody adds one that was opened before the cut once its
-- list is closed, so these are the keys that `find.sql` saw.
--
-- $1 epoch, $2 clue, $3 and $4 range of fingerprints, $5 cut, $6 baseline.
DELETE FROM contact_pending
WHERE epoch = $1 AND clue = $2 AND fingerprint BETWEEN $3 AND $4 AND opened_time < $5 AND baseline = $6
