-- The finding query: takes the pending keys of one range and says which of their values more than one customer uses, or
-- which are a seller's. Its work is that of the keys, not of the book: each is looked up in contact_use by its primary key,
-- in the order of that key.
--
-- Nearly every value is one customer's. So all of them are first asked only whether two uses differ, by the least and the
-- greatest hash (of 64 bits) of the customer or, of a certificate, of the name; a count is taken of those that do.
--
-- $1 epoch, $2 clue, $3 and $4 range of fingerprints, $5 cut, $6 baseline.
WITH taken AS (
    DELETE FROM contact_pending
    WHERE epoch = $1 AND clue = $2 AND fingerprint BETWEEN $3 AND $4 AND opened_time < $5 AND baseline = $6
    RETURNING fingerprint
), seen AS MATERIALIZED (
    SELECT key.fingerprint, used.least, used.greatest, used.later
    FROM (SELECT DISTINCT fingerprint FROM taken ORDER BY fingerprint) AS key
    CROSS JOIN LATERAL (
        SELECT min(hash) FILTER (WHERE in_force) AS least, max(hash) FILTER (WHERE in_force) AS greatest,
               bool_or(recorded_time >= $5 AND baseline = $6) AS later
        FROM (
            SELECT uuid_hash_extended(CASE $2::smallint WHEN 3 THEN name_fingerprint ELSE customer_id END, 0) AS hash,
                   recorded_time, baseline,
                   recorded_time < $5 AND (ended_time IS NULL OR ended_time >= $5) AS in_force
            FROM contact_use
            WHERE epoch = $1 AND clue = $2 AND fingerprint = key.fingerprint
        ) AS use
    ) AS used
), requeued AS (
    -- Used again between the cut and the close: the next list has to look at it too.
    INSERT INTO contact_pending (epoch, clue, fingerprint, opened_time, baseline)
    SELECT $1, $2, fingerprint, $5, $6 FROM seen WHERE later
    ON CONFLICT DO NOTHING
)
SELECT seen.fingerprint, counted.customers AS "customers!"
FROM seen
CROSS JOIN LATERAL (
    SELECT count(DISTINCT customer_id) AS customers FROM contact_use
    WHERE epoch = $1 AND clue = $2 AND fingerprint = seen.fingerprint
        AND recorded_time < $5 AND (ended_time IS NULL OR ended_time >= $5)
) AS counted
WHERE (seen.least <> seen.greatest AND $2::smallint <> 5)
   OR ($2::smallint IN (1, 5) AND seen.least IS NOT NULL AND EXISTS (
        SELECT FROM directory_contact AS contact
        WHERE contact.epoch = $1 AND contact.clue = $2 AND contact.fingerprint = seen.fingerprint
            AND contact.recorded_time < $5 AND (contact.ended_time IS NULL OR contact.ended_time >= $5)
   ))
ORDER BY seen.fingerprint
