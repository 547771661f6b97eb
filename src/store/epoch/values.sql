-- Values of the old epoch, and those that are not shared by exactly the same contacts in the new one. A value is known by the
-- contacts that have it: how many, and a sum over them. Contacts of parties whose keys are destroyed are left out on both sides.
--
-- $1 the old epoch, $2 the new one.
WITH destroyed AS MATERIALIZED (
    SELECT submission_id, party_no FROM sealed WHERE wrapped_key IS NULL
), grouped AS MATERIALIZED (
    SELECT used.epoch, used.clue, used.fingerprint, count(*) AS uses,
           bit_xor(hashtextextended(concat_ws(' ', used.application_id, used.submission_id, used.party_no, used.purpose,
               used.role, used.customer_id, used.baseline, extract(epoch FROM used.recorded_time),
               extract(epoch FROM used.ended_time), used.name_fingerprint IS NULL), 0)) AS who
    FROM contact_use AS used
    WHERE used.epoch IN ($1, $2)
        AND NOT EXISTS (SELECT FROM destroyed WHERE destroyed.submission_id = used.submission_id
            AND destroyed.party_no = used.party_no)
    GROUP BY used.epoch, used.clue, used.fingerprint
), missed AS (
    SELECT clue, uses, who FROM grouped WHERE epoch = $1
    EXCEPT ALL
    SELECT clue, uses, who FROM grouped WHERE epoch = $2
)
SELECT (SELECT count(*) FROM grouped WHERE epoch = $1) AS "all!", (SELECT count(*) FROM missed) AS "missed!"
