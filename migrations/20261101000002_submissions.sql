-- Applications (heads) and their submissions.
--
-- Distribution, should one machine be outgrown: request_key by request_id; application, application_party and
-- application_approval by application id; submission, finding and sealed by submission id.

-- A repeat of (caller, request_id) is answered from the submission; another digest is refused.
CREATE TABLE request_key (
    request_id uuid NOT NULL,
    caller text NOT NULL,
    submission_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (request_id, caller)
);

-- One head per (source, kind, application_no); id is a fixed-width hash of the three. Its row lock numbers revisions.
CREATE TABLE application (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    application_no text NOT NULL,
    last_revision integer NOT NULL CHECK (last_revision >= 1),
    -- The newest ACCEPTED submission; NULL while there is none, and again after NOT_APPLICABLE.
    current_submission_id uuid,
    -- source_revision and content digest of the submission that last changed the state.
    source_revision bigint CHECK (source_revision >= 0),
    content_digest bytea CHECK (length(content_digest) = 32),
    -- Contact keys in force: packed (epoch int2, clue int2, fingerprint 16 bytes), big-endian, 20 bytes each.
    keys bytea NOT NULL DEFAULT '' CHECK (length(keys) % 20 = 0),
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    seller_code text NOT NULL,
    agency_code text NOT NULL,
    is_group boolean NOT NULL,
    policy_no text NOT NULL,
    original_application_no text NOT NULL
);
CREATE INDEX application_policy_no ON application (policy_no) WHERE policy_no <> '';

-- Parties of accepted revisions, as far as the list needs them in plain.
CREATE TABLE application_party (
    application_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    party_no smallint NOT NULL CHECK (party_no >= 0),
    role smallint NOT NULL CHECK (role BETWEEN 1 AND 3),
    customer_id uuid NOT NULL,
    relation smallint CHECK (relation BETWEEN 1 AND 5),
    minor boolean NOT NULL,
    weak boolean NOT NULL,
    PRIMARY KEY (application_id, submission_id, party_no)
);

-- Approvals of accepted revisions: which account another payer may use, and until when.
CREATE TABLE application_approval (
    application_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    approval_no smallint NOT NULL,
    kind smallint NOT NULL CHECK (kind = 1),
    epoch smallint NOT NULL,
    account_key uuid NOT NULL,
    valid_until date NOT NULL,
    PRIMARY KEY (application_id, submission_id, approval_no)
);

-- A submission: one call that asked for a verdict. Never changed after it is written.
CREATE TABLE submission (
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    source text NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    application_no text NOT NULL,
    source_revision bigint,
    superseded boolean NOT NULL,
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    caller text NOT NULL,
    request_id uuid NOT NULL,
    request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
    verdict smallint NOT NULL CHECK (verdict BETWEEN 1 AND 3),
    rule_set_version text NOT NULL,
    calendar_version text NOT NULL,
    directory_version text NOT NULL,
    decided_time timestamptz NOT NULL,
    recorded_time timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX submission_application ON submission (application_id, id);
CREATE TABLE submission_default PARTITION OF submission DEFAULT;

-- Findings of a submission, in the order in which the rules made them. args holds numbers and catalogue keys only.
CREATE TABLE finding (
    submission_id uuid NOT NULL,
    ordinal smallint NOT NULL CHECK (ordinal >= 0),
    code text NOT NULL,
    field_path text NOT NULL,
    severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 2),
    article smallint,
    args jsonb NOT NULL,
    PRIMARY KEY (submission_id, ordinal)
) PARTITION BY RANGE (submission_id);
CREATE TABLE finding_default PARTITION OF finding DEFAULT;

-- Personal data, sealed: one row per party, and one (party_no -1) for what belongs to nobody. Destroying wrapped_key
-- destroys the data. subject_fingerprint finds every submission of a person, rejected ones included.
CREATE TABLE sealed (
    submission_id uuid NOT NULL,
    party_no smallint NOT NULL CHECK (party_no >= -1),
    role smallint NOT NULL CHECK (role BETWEEN 0 AND 3),
    epoch smallint NOT NULL,
    subject_fingerprint uuid,
    wrapped_key bytea,
    payload bytea NOT NULL,
    PRIMARY KEY (submission_id, party_no)
) PARTITION BY RANGE (submission_id);
CREATE INDEX sealed_subject ON sealed (subject_fingerprint) WHERE subject_fingerprint IS NOT NULL;
CREATE TABLE sealed_default PARTITION OF sealed DEFAULT;

GRANT SELECT, INSERT ON request_key, submission, finding, sealed, application_party, application_approval TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE ON application TO zhenshi_app;
-- For the measure of rows that no month has taken: SELECT only.
GRANT SELECT ON submission_default TO zhenshi_app;
