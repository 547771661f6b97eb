-- A million cases, every tenth of them open: 40 branches of two channels, 1,000 clerks, 200 team leaders. Clerk C0001 is of
-- branch B01, C0002 of B02 and so on. Each case has its team leader copied, and every twentieth an assistant of the other channel.
-- :cases and the time stand in the text by replacement (main.rs).
INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes, agency_codes, channel,
    branch_code, channel_received_time, assignee, due_time, urgent_time, outcome, closed_time, on_time, created_by, created_time,
    changed_time)
SELECT md5('case' || n)::uuid, to_char(timestamp '2026-01-01' + n / 4000 * interval '1 day', 'YYYYMMDD-') || lpad((n % 4000 + 1)::text, 6, '0'),
    1, state, 1 + n % 7, n % 9 * 100, ARRAY[1 + n % 5]::smallint[], md5('customers' || n)::uuid,
    ARRAY['S' || lpad((n % 5000)::text, 5, '0')], '{}', 1 + clerk % 2, 'B' || lpad((clerk % 40)::text, 2, '0'), made,
    CASE WHEN state >= 3 THEN 'C' || lpad(clerk::text, 4, '0') END, made + interval '5 days',
    CASE WHEN state BETWEEN 2 AND 5 THEN timestamptz '2026-11-24 10:00+08' + (n * 7919 % 20160 - 5040) * interval '1 minute'
        ELSE timestamptz '9999-12-31 00:00+00' END,
    CASE WHEN state >= 5 AND state <> 7 THEN 1 + n % 4 END, CASE WHEN state = 6 THEN made + interval '2 days' END,
    CASE WHEN state = 6 THEN n % 10 > 0 END, 'bench', made, made
FROM (SELECT n, (n / 10 * 7919 + n) % 1000 AS clerk, timestamptz '2026-01-01 00:00+08' + n / 4000 * interval '1 day' AS made,
          CASE WHEN n % 10 > 0 THEN 6 + (n % 10 = 9)::int ELSE (ARRAY[1, 2, 3, 4, 4, 4, 5])[1 + n / 10 % 7] END::smallint AS state
      FROM generate_series(1, {cases}::bigint) AS n) AS made;
INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time)
SELECT id, 1, channel, branch_code, 'L' || branch_code || right(case_no, 1), created_time FROM case_file
UNION ALL
SELECT id, 2, 3 - channel, branch_code, 'C' || right(case_no, 4), created_time FROM case_file
WHERE right(case_no, 2)::int % 20 = 0;
-- What giving cases to people looks at: two customers of each case that waits, and everybody of the branches.
INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel, branch_code, seller_code,
    agency_code, policy_no, added_time)
SELECT c.id, md5('customer' || c.case_no || n)::uuid, md5('application' || c.case_no || n)::uuid,
    md5('submission' || c.case_no || n)::uuid, 0, 1, c.channel, c.branch_code, 'S' || n, '', '', c.created_time
FROM case_file AS c, generate_series(1, 2) AS n WHERE c.state = 2;
INSERT INTO directory_entry (id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code, active, revision,
    content_digest, epoch, changed_version, recorded_time, changed_time)
SELECT md5(kind || code)::uuid, kind, code, name, duty, channel, branch_code, '', '', true, 1, decode(repeat('ab', 32), 'hex'), 1, 1,
    timestamptz '2026-01-01 00:00+08', timestamptz '2026-01-01 00:00+08'
FROM (
    SELECT 5 AS kind, 'C' || lpad(n::text, 4, '0') AS code, '' AS name, 22 AS duty, 1 + n % 2 AS channel,
        'B' || lpad((n % 40)::text, 2, '0') AS branch_code FROM generate_series(0, 999) AS n
    UNION ALL
    SELECT 5, 'L' || lpad(n::text, 2, '0'), '', 23, 1 + n % 2, 'B' || lpad(n::text, 2, '0') FROM generate_series(0, 39) AS n
    UNION ALL
    SELECT 2, 'B' || lpad(n::text, 2, '0'), 'branch', NULL, NULL, '' FROM generate_series(0, 39) AS n
) AS entries;
