-- Access to personal data in clear (fifth text, 17 to 20): requests, grants, and every reveal.

-- A request and, once two people have agreed, the grant. What the application decides (crates/domain/src/access) is held
-- here again: nobody agrees to his own request, the two who agree are two, nothing lasts longer than 72 hours.
CREATE TABLE access_grant (
    id uuid PRIMARY KEY,
    -- 1 view, 2 loan.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    -- 1 awaiting head, 2 awaiting customer service, 3 granted, 4 refused, 5 ended.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
    -- 1 customer, 2 party of a submission, 3 customer in a case, 4 case.
    subject_kind smallint NOT NULL CHECK (subject_kind BETWEEN 1 AND 4),
    customer_id uuid,
    submission_id uuid,
    party_no smallint,
    case_id uuid,
    -- access::Field.
    fields smallint[] NOT NULL CHECK (cardinality(fields) > 0),
    -- access::Purpose.
    purpose smallint NOT NULL CHECK (purpose >= 1),
    days smallint NOT NULL CHECK (days BETWEEN 1 AND 3),
    -- The subject's class when it was asked for.
    class smallint NOT NULL CHECK (class BETWEEN 1 AND 3),
    -- By what somebody of another house is registered; who he is stands sealed in privacy_text.
    outsider_document smallint CHECK (outsider_document BETWEEN 1 AND 2),

    -- Who asked, as the directory had him then.
    requester_code text NOT NULL CHECK (requester_code <> ''),
    requester_office smallint NOT NULL CHECK (requester_office BETWEEN 1 AND 8),
    channel smallint CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    leader_code text NOT NULL,
    requested_time timestamptz NOT NULL,

    head_code text,
    head_time timestamptz,
    decider_code text,
    decided_time timestamptz,
    end_time timestamptz,
    ended_by text,
    ended_time timestamptz,

    -- What people wrote, sealed.
    reason_text_id uuid NOT NULL,
    outsider_text_id uuid,
    note_text_id uuid,

    CHECK (CASE subject_kind
        WHEN 1 THEN customer_id IS NOT NULL AND submission_id IS NULL AND case_id IS NULL
        WHEN 2 THEN submission_id IS NOT NULL AND party_no IS NOT NULL AND case_id IS NULL
        WHEN 3 THEN case_id IS NOT NULL AND customer_id IS NOT NULL AND submission_id IS NULL
        ELSE case_id IS NOT NULL AND customer_id IS NULL AND submission_id IS NULL END),
    CONSTRAINT access_grant_three_people CHECK (
        head_code <> requester_code AND decider_code <> requester_code AND decider_code <> head_code),
    CONSTRAINT access_grant_agreed CHECK (
        (end_time IS NULL OR (head_code IS NOT NULL AND decider_code IS NOT NULL))
        AND (state <> 3 OR end_time IS NOT NULL)),
    CONSTRAINT access_grant_at_most_three_days CHECK (
        end_time > decided_time AND end_time <= decided_time + interval '72 hours')
);
CREATE INDEX access_grant_requester ON access_grant (requester_code, id);
CREATE INDEX access_grant_waiting ON access_grant (state, id) WHERE state < 3;
CREATE INDEX access_grant_customer ON access_grant (customer_id) WHERE customer_id IS NOT NULL;

-- What people wrote, each under a data key of its own. Destroying wrapped_key destroys it.
CREATE TABLE privacy_text (
    id uuid PRIMARY KEY,
    -- The grant, reveal, export or incident that it is about.
    about_id uuid NOT NULL,
    author text NOT NULL,
    wrapped_key bytea,
    payload bytea NOT NULL
);

-- A repeat of (caller, request_id) is answered from the record; another digest is refused.
CREATE TABLE privacy_request (
    request_id uuid NOT NULL,
    caller text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    made_id uuid NOT NULL,
    recorded_time timestamptz NOT NULL,
    PRIMARY KEY (request_id, caller)
);

-- Every reveal: the register beside the audit entry of the same id, whose digest is over this row.
CREATE TABLE reveal (
    id uuid PRIMARY KEY,
    actor text NOT NULL,
    office smallint NOT NULL,
    subject_kind smallint NOT NULL CHECK (subject_kind BETWEEN 1 AND 4),
    customer_id uuid,
    submission_id uuid,
    party_no smallint,
    case_id uuid,
    fields smallint[] NOT NULL,
    purpose smallint NOT NULL,
    -- NULL: by being assigned the case.
    grant_id uuid REFERENCES access_grant (id),
    enquirer_role smallint CHECK (enquirer_role BETWEEN 1 AND 3),
    identification smallint CHECK (identification BETWEEN 1 AND 4),
    -- Of whom anything was shown; empty for parties that were never in force.
    customer_ids uuid[] NOT NULL,
    party_count integer NOT NULL CHECK (party_count >= 0),
    reason_text_id uuid NOT NULL,
    recorded_time timestamptz NOT NULL,
    shown_until timestamptz NOT NULL,
    CHECK (purpose <> 4 OR (enquirer_role IS NOT NULL AND identification IS NOT NULL)),
    CHECK (grant_id IS NOT NULL OR case_id IS NOT NULL)
);
CREATE INDEX reveal_actor ON reveal (actor, recorded_time);
CREATE INDEX reveal_customers ON reveal USING gin (customer_ids);

-- How secret a customer's file is; ordinary ones are not here.
CREATE TABLE customer_class (
    customer_id uuid PRIMARY KEY,
    class smallint NOT NULL CHECK (class BETWEEN 1 AND 3),
    set_by text NOT NULL,
    set_time timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON access_grant, customer_class TO zhenshi_app;
GRANT SELECT, INSERT ON privacy_text, privacy_request, reveal TO zhenshi_app;

-- Row security: one's own; heads see what is of their branch, their people or their channel.
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY access_grant_scope ON access_grant USING (
    (SELECT scope_extent()) = 'everything'
    OR requester_code = (SELECT scope_staff())
    OR leader_code = (SELECT scope_staff())
    OR ((SELECT scope_extent()) IN ('own_channel', 'own_team') AND channel = (SELECT scope_channel())
        AND ((SELECT scope_extent()) = 'own_channel' OR branch_code = (SELECT scope_branch()))));

ALTER TABLE privacy_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_text FORCE ROW LEVEL SECURITY;
CREATE POLICY privacy_text_scope ON privacy_text USING (
    (SELECT scope_extent()) = 'everything' OR author = (SELECT scope_actor())
    OR EXISTS (SELECT FROM access_grant g WHERE g.id = about_id));

ALTER TABLE privacy_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_request FORCE ROW LEVEL SECURITY;
CREATE POLICY privacy_request_own ON privacy_request USING (
    (SELECT scope_extent()) = 'everything' OR caller = (SELECT scope_actor()));

ALTER TABLE reveal ENABLE ROW LEVEL SECURITY;
ALTER TABLE reveal FORCE ROW LEVEL SECURITY;
CREATE POLICY reveal_own ON reveal USING (
    (SELECT scope_extent()) = 'everything' OR actor = (SELECT scope_actor()));

-- Which class a file has is no secret: it stands in the remarks of lists. Whoever classifies has everything.
ALTER TABLE customer_class ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_class FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_class_everything ON customer_class USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY customer_class_read ON customer_class FOR SELECT USING ((SELECT scope_extent()) <> '');
