-- Applications $1 to $2 of a synthetic book, recorded at $3: heads, submissions, parties, contacts, all by surrogate.
--
-- Of ten applications seven are of one person who insures himself, one each for a spouse, a child and somebody else; nine
-- contacts each. Everybody has values of his own, but that
--   - a spouse and a child share the policyholder's phone (excused),
--   - every 400th policyholder shares his phone, and every 700th his account, with the one $4 before (suspicious),
--   - every 900th uses the certificate of the one $4 before under another name, every 1100th bears his name and birth date.
CREATE TEMPORARY TABLE added AS
SELECT n, n % 10 AS sort,
       md5('application' || n)::uuid AS application_id,
       md5('submission' || n)::uuid AS submission_id,
       CASE WHEN n % 900 = 0 THEN n - $4 ELSE n END AS certificate
FROM generate_series($1::bigint, $2::bigint) AS n;

CREATE TEMPORARY TABLE party AS
SELECT n, sort, application_id, submission_id, 0::smallint AS party_no, 1::smallint AS role, NULL::smallint AS relation,
       false AS minor, 'h' || certificate AS person, 'h' || n AS own, 'h' || n AS phone
FROM added
UNION ALL
SELECT n, sort, application_id, submission_id, 1, 2,
       CASE sort WHEN 7 THEN 2 WHEN 8 THEN 4 WHEN 9 THEN 5 ELSE 1 END,
       sort = 8,
       CASE WHEN sort < 7 THEN 'h' || certificate ELSE 'i' || n END,
       CASE WHEN sort < 7 THEN 'h' || n ELSE 'i' || n END,
       CASE WHEN sort < 9 THEN 'h' || n ELSE 'i' || n END
FROM added;

INSERT INTO application (id, source, kind, application_no, last_revision, current_submission_id, channel, branch_code,
    seller_code, agency_code, is_group, policy_no, original_application_no)
SELECT application_id, 'bench', 1, n::text, 1, submission_id, 1 + n % 4, '44' || n % 100, 'S' || n % 5000, '', false, '', ''
FROM added;
INSERT INTO submission (id, application_id, revision, source, kind, application_no, superseded, channel, branch_code,
    seller_code, caller, request_id, request_digest, verdict, rule_set_version, calendar_version, directory_version,
    decided_time, recorded_time)
SELECT submission_id, application_id, 1, 'bench', 1, n::text, false, 1 + n % 4, '44' || n % 100, 'S' || n % 5000, 'bench',
    submission_id, decode(repeat('00', 32), 'hex'), 1, 'bench', 'bench', 'bench', $3, $3
FROM added;
INSERT INTO application_party (application_id, submission_id, party_no, role, customer_id, relation, minor, weak,
    recorded_time)
SELECT application_id, submission_id, party_no, role, md5('customer' || person)::uuid, relation, minor, false, $3
FROM party;
INSERT INTO contact_use (epoch, clue, fingerprint, application_id, submission_id, party_no, purpose, role, baseline,
    customer_id, name_fingerprint, recorded_time)
SELECT 1, value.clue, md5(value.clue || value.text)::uuid, application_id, submission_id, party_no,
    CASE value.clue WHEN 2 THEN 1 ELSE 0 END, role, false, md5('customer' || person)::uuid, md5('name' || own)::uuid, $3
FROM party
CROSS JOIN LATERAL (VALUES
    (1::smallint, CASE WHEN n % 400 = 0 AND phone = 'h' || n THEN 'h' || n - $4 ELSE phone END),
    (2::smallint, CASE WHEN party_no = 0 THEN CASE WHEN n % 700 = 0 THEN 'h' || n - $4 ELSE own END END),
    (3::smallint, person),
    (4::smallint, CASE WHEN n % 1100 = 0 AND own = 'h' || n THEN 'h' || n - $4 ELSE own END),
    (5::smallint, own)
) AS value (clue, text)
WHERE value.text IS NOT NULL;

DROP TABLE added, party
