-- The members of a first list over the whole book, written out plainly: every use in force of a value that another customer
-- uses too, unless the pair is excused. $1 is the cut. No policy has ended, no directory is loaded, nothing is cleared.
-- A submission is of one application: joined by both, the planner takes one row for what is ten million.
WITH live AS MATERIALIZED (
    SELECT used.clue, used.fingerprint, used.application_id, used.submission_id, used.party_no, used.purpose, used.role,
           used.customer_id, used.name_fingerprint, party.minor, party.weak, holder.customer_id AS policyholder_id
    FROM contact_use AS used
    JOIN application_party AS party ON party.submission_id = used.submission_id AND party.party_no = used.party_no
    JOIN application_party AS holder ON holder.submission_id = used.submission_id AND holder.party_no = 0
    WHERE used.recorded_time < $1 AND (used.ended_time IS NULL OR used.ended_time >= $1)
)
SELECT a.clue, a.fingerprint, a.application_id, a.party_no, a.purpose
FROM live AS a
WHERE EXISTS (
    SELECT FROM live AS b
    WHERE b.clue = a.clue AND b.fingerprint = a.fingerprint AND CASE a.clue
        WHEN 3 THEN a.name_fingerprint <> b.name_fingerprint
        WHEN 4 THEN a.customer_id <> b.customer_id AND NOT a.weak AND NOT b.weak
        WHEN 5 THEN false
        ELSE a.customer_id <> b.customer_id
            AND NOT (b.minor AND b.policyholder_id = a.customer_id)
            AND NOT (a.minor AND a.policyholder_id = b.customer_id)
            AND NOT (a.minor AND b.minor AND a.policyholder_id = b.policyholder_id)
            AND NOT (a.minor AND b.minor AND (a.weak OR b.weak) AND a.name_fingerprint = b.name_fingerprint)
            AND NOT EXISTS (
                SELECT FROM application_party AS insured
                JOIN application_party AS holder
                    ON holder.application_id = insured.application_id
                    AND holder.submission_id = insured.submission_id AND holder.party_no = 0
                WHERE insured.role = 2 AND insured.relation IN (2, 3, 4)
                    AND insured.recorded_time < $1 AND (insured.ended_time IS NULL OR insured.ended_time >= $1)
                    AND ((insured.customer_id = a.customer_id AND holder.customer_id = b.customer_id)
                        OR (insured.customer_id = b.customer_id AND holder.customer_id = a.customer_id))
            )
        END
)
ORDER BY a.clue, a.fingerprint, a.application_id, a.party_no, a.purpose
