-- The suspicion lists (问题件清单): one sealed list a working day, and one self-inspection list for each load of the
-- baseline. Nothing here is readable: values and people are surrogates.

-- A list is a function of its cut. kind: 1 daily, 2 self-inspection. state: 1 closed (being written), 2 sealed.
CREATE TABLE suspicion_list (
    id uuid PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    list_date date NOT NULL,
    -- It sees what was recorded before the cut; a member is new if recorded at the previous cut or later.
    cut_time timestamptz NOT NULL,
    previous_cut_time timestamptz NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 2),
    -- Thresholds and switches of the clues are those of this rule set, whoever writes the list and when.
    rule_set_version text NOT NULL,
    calendar_version text NOT NULL,
    -- The list's date could be said only provisionally: the year's notice was not loaded.
    provisional boolean NOT NULL,
    closed_time timestamptz NOT NULL,
    planned_time timestamptz,
    sealed_time timestamptz,
    suspicion_count bigint,
    member_count bigint,
    -- SHA-256 over the whole list in a fixed order.
    digest bytea CHECK (length(digest) = 32),
    UNIQUE (kind, list_date),
    CHECK (previous_cut_time < cut_time),
    CHECK ((state = 2) = (sealed_time IS NOT NULL AND digest IS NOT NULL AND suspicion_count IS NOT NULL
        AND member_count IS NOT NULL))
);

-- One chunk of a list: a range of fingerprints. Its transaction locks the row, takes the range's pending keys and writes
-- their suspicions; any number of workers, killed anywhere.
CREATE TABLE list_run (
    list_id uuid NOT NULL REFERENCES suspicion_list (id),
    chunk integer NOT NULL,
    epoch smallint NOT NULL,
    clue smallint NOT NULL,
    -- Both included.
    first_fingerprint uuid NOT NULL,
    last_fingerprint uuid NOT NULL,
    done_time timestamptz,
    PRIMARY KEY (list_id, chunk)
);
CREATE INDEX list_run_open ON list_run (list_id, chunk) WHERE done_time IS NULL;

-- A value that customers share, under an id that outlives the rotation of fingerprint keys.
CREATE TABLE clue_value (
    id uuid PRIMARY KEY,
    epoch smallint NOT NULL,
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    fingerprint uuid NOT NULL,
    UNIQUE (epoch, clue, fingerprint)
);

-- One clue with one value. clue: 1 same phone, 2 same bank account, 3 seller contact, 4 identity conflict, 5 same person
-- twice.
CREATE TABLE suspicion (
    id uuid PRIMARY KEY,
    list_id uuid NOT NULL REFERENCES suspicion_list (id),
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    clue_value_id uuid NOT NULL REFERENCES clue_value (id),
    -- Whose contact it is, for a seller contact: 1 seller, 2 agency, 3 staff.
    owner_kind smallint CHECK (owner_kind BETWEEN 1 AND 3),
    owner_code text NOT NULL,
    customer_count integer NOT NULL CHECK (customer_count >= 1),
    -- Uses of the value in force at the cut; above the number of members if the value is capped.
    use_count integer NOT NULL CHECK (use_count >= 1),
    capped boolean NOT NULL,
    -- Raised only because the profile lists declared relatives.
    declared_family boolean NOT NULL,
    -- Where it leads: the newest member's application.
    lead_channel smallint NOT NULL CHECK (lead_channel BETWEEN 1 AND 4),
    lead_branch_code text NOT NULL,
    -- The greater the more urgent, and its parts.
    priority integer NOT NULL,
    priority_call_back integer NOT NULL,
    priority_customers integer NOT NULL,
    priority_clue integer NOT NULL,
    priority_channel integer NOT NULL,
    priority_seller integer NOT NULL
);
CREATE UNIQUE INDEX suspicion_once ON suspicion (list_id, clue, clue_value_id, COALESCE(owner_kind, 0), owner_code);
CREATE INDEX suspicion_order ON suspicion (list_id, priority DESC, id);
CREATE INDEX suspicion_value ON suspicion (clue_value_id);

-- Who is in it: one use of the value in one application.
CREATE TABLE suspicion_member (
    suspicion_id uuid NOT NULL REFERENCES suspicion (id),
    member_no integer NOT NULL CHECK (member_no >= 0),
    customer_id uuid NOT NULL,
    application_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    party_no smallint NOT NULL,
    role smallint NOT NULL CHECK (role BETWEEN 1 AND 3),
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 3),
    is_new boolean NOT NULL,
    baseline boolean NOT NULL,
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    seller_code text NOT NULL,
    agency_code text NOT NULL,
    PRIMARY KEY (suspicion_id, member_no)
);
CREATE INDEX suspicion_member_customer ON suspicion_member (customer_id);
CREATE INDEX suspicion_member_seller ON suspicion_member (seller_code) WHERE seller_code <> '';

-- Pairs that a verified case has cleared, bound to the value. kind: 1 family, 2 company, 3 privacy number, 4 other.
CREATE TABLE cleared_relation (
    id uuid PRIMARY KEY,
    clue_value_id uuid NOT NULL REFERENCES clue_value (id),
    low_customer_id uuid NOT NULL,
    high_customer_id uuid NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 4),
    cleared_by text NOT NULL,
    cleared_time timestamptz NOT NULL,
    ended_time timestamptz,
    CHECK (low_customer_id <= high_customer_id),
    CHECK (ended_time >= cleared_time)
);
CREATE UNIQUE INDEX cleared_relation_pair ON cleared_relation (clue_value_id, low_customer_id, high_customer_id)
    WHERE ended_time IS NULL;

-- A sealed list never changes, whoever tries.
CREATE FUNCTION refuse_change_of_sealed_list() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state = 2 THEN
        RAISE EXCEPTION 'list % is sealed', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER suspicion_list_sealed BEFORE UPDATE ON suspicion_list
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_sealed_list();

-- By statement: one look-up for all the rows of a chunk.
CREATE FUNCTION refuse_addition_to_sealed_list() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM suspicion_list AS list WHERE list.state = 2
        AND list.id IN (SELECT added.list_id FROM added)) THEN
        RAISE EXCEPTION 'the list is sealed' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER suspicion_sealed AFTER INSERT ON suspicion REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_addition_to_sealed_list();

CREATE FUNCTION refuse_member_of_sealed_list() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM suspicion_list AS list JOIN suspicion ON suspicion.list_id = list.id
        WHERE list.state = 2 AND suspicion.id IN (SELECT added.suspicion_id FROM added)) THEN
        RAISE EXCEPTION 'the list is sealed' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER suspicion_member_sealed AFTER INSERT ON suspicion_member REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_member_of_sealed_list();

GRANT SELECT, INSERT ON suspicion, suspicion_member, clue_value, list_run, suspicion_list TO zhenshi_app;
GRANT UPDATE (state, planned_time, sealed_time, suspicion_count, member_count, digest) ON suspicion_list TO zhenshi_app;
GRANT UPDATE (done_time) ON list_run TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE (ended_time) ON cleared_relation TO zhenshi_app;
