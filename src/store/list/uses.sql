-- The newest uses of each value as they were at the cut, by value and then oldest first, with what is known of the party, the
-- policyholder and the application.
--
-- $1 epoch, $2 clue, $3 fingerprints, $4 cut, $5 most uses of one value, $6 the last day that the list covers.
SELECT used.fingerprint, used.customer_id, used.application_id, used.submission_id, used.party_no,
       used.purpose, used.role, used.baseline, used.name_fingerprint, used.recorded_time,
       used.use_count AS "use_count!", party.minor, party.weak,
       COALESCE(holder.customer_id, used.customer_id) AS "policyholder_id!",
       submission.source, submission.channel, submission.branch_code,
       submission.seller_code, submission.agency_code, submission.policy_no,
       submission.original_application_no,
       EXISTS (
           SELECT FROM application_approval AS approval
           WHERE used.clue = 2 AND approval.application_id = used.application_id
               AND approval.submission_id = used.submission_id AND approval.epoch = used.epoch
               AND approval.account_key = used.fingerprint
               -- Still valid on the last day that the list covers.
               AND approval.valid_until >= $6
       ) AS "approved!"
FROM UNNEST($3::uuid[]) AS value (fingerprint)
CROSS JOIN LATERAL (
    SELECT *, count(*) OVER () AS use_count
    FROM contact_use
    WHERE epoch = $1 AND clue = $2 AND fingerprint = value.fingerprint
        AND recorded_time < $4 AND (ended_time IS NULL OR ended_time >= $4)
    ORDER BY recorded_time DESC, application_id, submission_id, party_no, purpose
    LIMIT $5
) AS used
JOIN application_party AS party
    ON party.application_id = used.application_id AND party.submission_id = used.submission_id
    AND party.party_no = used.party_no
LEFT JOIN application_party AS holder
    ON holder.application_id = used.application_id AND holder.submission_id = used.submission_id
    AND holder.party_no = 0
JOIN submission ON submission.id = used.submission_id
ORDER BY used.fingerprint, used.recorded_time, used.application_id, used.submission_id, used.party_no,
    used.purpose
