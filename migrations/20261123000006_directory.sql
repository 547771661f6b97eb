-- The directory (名录): channels, branches, agencies, sellers and staff. Codes and names of units are plain; names, certificates
-- and contacts of persons are sealed here for display, and fingerprints in directory_contact and directory_person.

-- kind: 1 channel, 2 branch, 3 agency, 4 seller, 5 staff.
-- duty: of a seller 1 agent, 2 bancassurance specialist; of an agency 11 professional, 12 concurrent; of staff 21 customer
-- service, 22 clerk, 23 team leader, 24 channel head, 25 compliance, 26 information supervisor, 27 customer-service manager,
-- 28 administrator, 29 auditor.
CREATE TABLE directory_entry (
    id uuid PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    code text NOT NULL CHECK (code <> ''),
    -- Of a unit; empty for a person.
    name text NOT NULL,
    duty smallint,
    channel smallint CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    team_leader_code text NOT NULL,
    agency_code text NOT NULL,
    -- Most open cases of a member of staff; none means no limit.
    capacity integer CHECK (capacity >= 0),
    qualified_from date,
    qualified_until date,
    -- Out of use: not qualified, no contacts in force, nothing assigned.
    active boolean NOT NULL,
    -- Counts the changes: the etag.
    revision bigint NOT NULL CHECK (revision >= 1),
    -- HMAC of the content: the same content again changes nothing.
    content_digest bytea NOT NULL CHECK (length(content_digest) = 32),
    -- Epoch of its fingerprints.
    epoch smallint NOT NULL,
    -- Version of the directory with which it changed last: replicas read what is newer than what they have.
    changed_version bigint NOT NULL,
    recorded_time timestamptz NOT NULL,
    changed_time timestamptz NOT NULL,
    -- Persons, and contacts of agencies. Destroying wrapped_key destroys them.
    wrapped_key bytea,
    payload bytea,
    UNIQUE (kind, code),
    CHECK (name = '' OR kind IN (1, 2, 3)),
    CHECK (CASE kind
        WHEN 3 THEN duty IS NOT NULL AND duty IN (11, 12)
        WHEN 4 THEN duty IS NOT NULL AND duty IN (1, 2)
        WHEN 5 THEN duty IS NOT NULL AND duty BETWEEN 21 AND 29
        ELSE duty IS NULL END),
    CHECK (kind NOT IN (1, 4) OR channel IS NOT NULL),
    CHECK (qualified_until >= qualified_from)
);
CREATE INDEX directory_entry_changed ON directory_entry (changed_version);
CREATE INDEX directory_entry_order ON directory_entry (kind, id);
-- Who may be given a case.
CREATE INDEX directory_entry_staff ON directory_entry (channel, branch_code, duty) WHERE kind = 5 AND active;

-- Days on which a member of staff is away, both included.
CREATE TABLE directory_leave (
    entry_id uuid NOT NULL REFERENCES directory_entry (id),
    first_day date NOT NULL,
    last_day date NOT NULL,
    PRIMARY KEY (entry_id, first_day),
    CHECK (last_day >= first_day)
);

-- A repeat of (caller, request_id) is answered from the entry; another digest is refused.
CREATE TABLE directory_request (
    request_id uuid NOT NULL,
    caller text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    entry_id uuid NOT NULL REFERENCES directory_entry (id),
    recorded_time timestamptz NOT NULL,
    PRIMARY KEY (request_id, caller)
);

GRANT SELECT, INSERT, UPDATE ON directory_entry TO zhenshi_app;
GRANT SELECT, INSERT, DELETE ON directory_leave TO zhenshi_app;
GRANT SELECT, INSERT ON directory_request TO zhenshi_app;
