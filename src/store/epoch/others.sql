-- What else of the old epoch has no counterpart in the new one. A contact of the directory that has ended before the last list's
-- cut is in no list any more and needs none.
--
-- $1 the old epoch, $2 the new one.
WITH lost AS MATERIALIZED (
    SELECT old.customer_id,
           EXISTS (
               SELECT FROM application_party AS party
               JOIN sealed AS own ON own.submission_id = party.submission_id AND own.party_no = party.party_no
                   AND own.wrapped_key IS NOT NULL
               JOIN sealed AS holder ON holder.submission_id = party.submission_id AND holder.party_no = 0
                   AND holder.wrapped_key IS NOT NULL
               WHERE party.customer_id = old.customer_id
           ) AS known
    FROM customer_key AS old
    WHERE old.epoch = $1
        AND NOT EXISTS (SELECT FROM customer_key AS new WHERE new.epoch = $2 AND new.customer_id = old.customer_id)
), gate AS MATERIALIZED (
    SELECT closed_until FROM list_gate
), approvals AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM sealed AS z WHERE z.submission_id = old.submission_id AND z.party_no = -1
               AND z.wrapped_key IS NOT NULL) AS known
    FROM application_approval AS old
    WHERE old.epoch = $1 AND NOT EXISTS (
        SELECT FROM application_approval AS new
        WHERE new.application_id = old.application_id AND new.submission_id = old.submission_id
            AND new.approval_no = old.approval_no AND new.epoch = $2
    )
), contacts AS MATERIALIZED (
    SELECT epoch, clue, fingerprint, count(*) AS holders,
           bit_xor(hashtextextended(concat_ws(' ', owner_kind, owner_code, extract(epoch FROM recorded_time),
               extract(epoch FROM ended_time)), 0)) AS who
    FROM directory_contact WHERE epoch IN ($1, $2)
        AND (ended_time IS NULL OR ended_time >= (SELECT closed_until FROM gate))
    GROUP BY epoch, clue, fingerprint
), missed AS (
    SELECT clue, holders, who FROM contacts WHERE epoch = $1
    EXCEPT ALL
    SELECT clue, holders, who FROM contacts WHERE epoch = $2
)
SELECT (SELECT count(*) FROM lost WHERE known) AS "customers!",
       (SELECT count(*) FROM approvals WHERE known) AS "approvals!",
       (SELECT count(*) FROM sealed WHERE epoch = $1 AND subject_fingerprint IS NOT NULL AND wrapped_key IS NOT NULL)
           AS "subjects!",
       (SELECT count(*) FROM missed) AS "contacts!",
       (SELECT count(*) FROM directory_person AS old
        WHERE old.epoch = $1 AND (old.ended_time IS NULL OR old.ended_time >= (SELECT closed_until FROM gate))
            AND NOT EXISTS (
                SELECT FROM directory_person AS new
                WHERE new.owner_kind = old.owner_kind AND new.owner_code = old.owner_code AND new.epoch = $2
                    AND new.recorded_time = old.recorded_time
            )) AS "persons!",
       (SELECT count(*) FROM lost WHERE NOT known) + (SELECT count(*) FROM approvals WHERE NOT known)
           + (SELECT count(*) FROM sealed WHERE epoch = $1 AND subject_fingerprint IS NOT NULL AND wrapped_key IS NULL)
           AS "destroyed!"
