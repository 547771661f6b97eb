-- Monthly partitions of what grows with applications, by the time inside the UUIDv7.

-- The smallest UUID whose first 48 bits are the milliseconds of `at`: the lower bound of everything minted from then on.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog
AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of the month of `at` and of the three months after it, and says how many it made.
--
-- Replicas take turns by an advisory lock. Rows that already lie in the default partition are moved first, because
-- PostgreSQL refuses a partition whose rows are there. lock_timeout keeps a busy table from queueing everybody behind it:
-- the caller tries again later.
CREATE FUNCTION ensure_partitions(at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    SET lock_timeout = '5s'
AS $$
DECLARE
    parents CONSTANT text[] := ARRAY['submission', 'finding', 'sealed'];
    keys CONSTANT text[] := ARRAY['id', 'submission_id', 'submission_id'];
    month timestamp;
    lower_bound uuid;
    upper_bound uuid;
    child text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7305808869232536430);
    FOR ahead IN 0..3 LOOP
        month := date_trunc('month', at AT TIME ZONE 'UTC') + make_interval(months => ahead);
        lower_bound := uuid_floor(month AT TIME ZONE 'UTC');
        upper_bound := uuid_floor((month + interval '1 month') AT TIME ZONE 'UTC');
        FOR i IN 1..array_length(parents, 1) LOOP
            child := parents[i] || to_char(month, '_YYYY_MM');
            CONTINUE WHEN to_regclass(child) IS NOT NULL;
            -- Nobody may add a row to the default partition between the move and the attach.
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parents[i] || '_default');
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parents[i]);
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                parents[i] || '_default', keys[i], lower_bound, keys[i], upper_bound, child);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parents[i], child, lower_bound, upper_bound);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION ensure_partitions(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions(timestamptz), uuid_floor(timestamptz) TO zhenshi_app;
