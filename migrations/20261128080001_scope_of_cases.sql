-- The same rows as before, asked for with fewer sub-selects: PostgreSQL prepares each of them anew for every walk of a worklist's
-- page, and fourteen a walk cost more than the page itself. What a scope makes of the settings is worked out in these functions;
-- without a scope each is null or false, and nothing is seen.

CREATE FUNCTION scope_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('zhenshi.extent', true) = 'everything' $$;
-- The channels whose cases are within the scope, whoever has them.
CREATE FUNCTION scope_area_channels() RETURNS smallint[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE
    WHEN current_setting('zhenshi.extent', true) IN ('own_channel', 'own_branch', 'own_team')
        THEN ARRAY[NULLIF(current_setting('zhenshi.channel', true), '')::smallint]
    WHEN current_setting('zhenshi.extent', true) = 'reach'
        THEN NULLIF(current_setting('zhenshi.channels', true), '')::smallint[]
    END $$;
-- The one branch of those channels; null: all of them.
CREATE FUNCTION scope_area_branch() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN current_setting('zhenshi.extent', true) IN ('own_branch', 'own_team')
    THEN current_setting('zhenshi.branch', true) END $$;
-- The channel of a clerk, who may claim what waits in his branch.
CREATE FUNCTION scope_claims_channel() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN current_setting('zhenshi.extent', true) = 'own' AND current_setting('zhenshi.role', true) = 'clerk'
    THEN NULLIF(current_setting('zhenshi.channel', true), '')::smallint END $$;

ALTER POLICY case_file_scope ON case_file USING (
    assignee = (SELECT scope_staff())
    OR (channel = ANY ((SELECT scope_area_channels())::smallint[])
        AND branch_code = COALESCE((SELECT scope_area_branch()), branch_code))
    OR (SELECT scope_everything())
    OR EXISTS (SELECT FROM case_participant p WHERE p.case_id = case_file.id AND p.staff_code = scope_staff()));
ALTER POLICY case_file_waiting ON case_file USING (
    state = 2 AND assignee IS NULL AND unit_code = '' AND NOT with_compliance
    AND channel = (SELECT scope_claims_channel()) AND branch_code = (SELECT scope_branch()));
