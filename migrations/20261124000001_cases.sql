-- Cases: the follow-up of a suspicion or of a reported doubt, until it is verified (articles 7, 13).
--
-- What people work on is plain and small: one row a case, locked while it changes, its version the etag. What somebody
-- writes in his own words (reasons, comments, answers) may hold personal data and is sealed in case_text; evidence is
-- sealed piece by piece.

-- Numbers of the cases of one day.
CREATE TABLE case_number (
    day date PRIMARY KEY,
    last integer NOT NULL CHECK (last >= 1)
);

-- "case" is a word of SQL.
CREATE TABLE case_file (
    id uuid PRIMARY KEY,
    -- YYYYMMDD-NNNNNN by the list's date, or the day of the report.
    case_no text NOT NULL UNIQUE,
    -- 1 suspicion, 2 call-back, 3 enquiry, 4 servicing, 5 claim, 6 customer care.
    source smallint NOT NULL CHECK (source BETWEEN 1 AND 6),
    -- What a call-back met: 1 no such number, 2 wrong number, 3 out of service, 4 answered by another.
    doubt smallint CHECK (doubt BETWEEN 1 AND 4),
    -- 1 sorting, 2 open, 3 assigned, 4 investigating, 5 submitted, 6 closed, 7 withdrawn.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 7),
    -- Counts the changes: the etag.
    version bigint NOT NULL CHECK (version >= 1),
    -- The list that it came from, and the first suspicion's priority.
    list_id uuid REFERENCES suspicion_list (id),
    priority integer NOT NULL,
    -- The clues of its suspicions, for filters; empty for a doubt.
    clues smallint[] NOT NULL,
    -- Hash of the sorted customers: a suspicion of the same customers and channel joins the open case.
    customers_key uuid NOT NULL,
    -- Sellers and agencies of its members, for filters.
    seller_codes text[] NOT NULL,
    agency_codes text[] NOT NULL,

    -- Lead channel and branch.
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    -- First assignment into the present channel: a change of channel sets it anew.
    channel_received_time timestamptz,
    -- Staff code of who works on it; NULL while nobody does.
    assignee text,
    assigned_time timestamptz,
    -- Code of the channel unit that has it, where a channel has no clerks.
    unit_code text NOT NULL DEFAULT '',
    -- Compliance has it: nobody of the channel may or can.
    with_compliance boolean NOT NULL DEFAULT false,
    -- Waits for customer service, or for a team leader since nobody was free: shown.
    nobody_free boolean NOT NULL DEFAULT false,
    -- Sorting: held by customer service.
    held boolean NOT NULL DEFAULT false,
    -- Sorting ends by itself then.
    release_time timestamptz,
    -- Its suspicions went to this case; then its state is withdrawn.
    merged_into uuid REFERENCES case_file (id),
    -- Customer service works on it itself: compliance verifies.
    taken_over boolean NOT NULL DEFAULT false,

    -- Clock of the investigation, computed by deadline.rs; its inputs beside it.
    due_time timestamptz,
    -- 1 three working days, 2 call-back, 3 end of cooling-off.
    due_basis smallint CHECK (due_basis BETWEEN 1 AND 3),
    due_provisional boolean NOT NULL DEFAULT false,
    -- Was already past when it opened.
    opened_overdue boolean NOT NULL DEFAULT false,
    call_back_time timestamptz,
    cooling_off_end_date date,
    calendar_version text NOT NULL DEFAULT '',
    -- An extension of the working days; never moves call-back or cooling-off.
    extended_until timestamptz,
    -- Clock of the verification.
    verification_due_time timestamptz,
    -- Without the extension: what counts as on time.
    unextended_due_time timestamptz,
    -- Paused since; what was before stands in case_stop.
    paused_since timestamptz,
    -- What the worklist is ordered by: the due time of the clock that runs; infinity when none does.
    urgent_time timestamptz NOT NULL,
    -- Among equally urgent ones the greatest priority comes first: one direction for all columns of a key-set.
    urgency_rank integer GENERATED ALWAYS AS (-priority) STORED,

    -- The last submission and its end. 1 corrected, 2 cleared, 3 confirmed false, 4 unreachable.
    outcome smallint CHECK (outcome BETWEEN 1 AND 4),
    -- Of CLEARED: 1 family, 2 company, 3 privacy number, 4 other.
    cleared_kind smallint CHECK (cleared_kind BETWEEN 1 AND 4),
    servicing_no text NOT NULL DEFAULT '',
    submitted_time timestamptz,
    -- Counts submissions; verifications belong to one.
    round integer NOT NULL DEFAULT 0 CHECK (round >= 0),
    -- In the share that compliance verifies too.
    sampled boolean NOT NULL DEFAULT false,
    returned_count integer NOT NULL DEFAULT 0 CHECK (returned_count >= 0),
    closed_time timestamptz,
    -- Submitted before due_time, each time; reported apart: extended, opened overdue.
    on_time boolean,
    commission_held boolean NOT NULL DEFAULT false,

    created_by text NOT NULL,
    created_time timestamptz NOT NULL,
    changed_time timestamptz NOT NULL,
    CHECK (state NOT IN (3, 4, 5) OR assignee IS NOT NULL OR unit_code <> '' OR with_compliance),
    CHECK ((state = 6) = (closed_time IS NOT NULL))
);
-- A clerk's page, a branch's, everybody's; each in order of urgency.
CREATE INDEX case_file_assignee ON case_file (assignee, urgent_time, urgency_rank, id) WHERE state < 6;
CREATE INDEX case_file_branch ON case_file (channel, branch_code, urgent_time, urgency_rank, id) WHERE state < 6;
CREATE INDEX case_file_urgent ON case_file (urgent_time, urgency_rank, id) WHERE state < 6;
CREATE INDEX case_file_state ON case_file (state, urgent_time, urgency_rank, id) WHERE state < 6;
CREATE INDEX case_file_sorting ON case_file (release_time, id) WHERE state = 1;
CREATE INDEX case_file_customers ON case_file (customers_key, channel) WHERE state < 6;
CREATE INDEX case_file_created ON case_file (created_time, id);
CREATE INDEX case_file_closed ON case_file (closed_time, id) WHERE closed_time IS NOT NULL;
CREATE INDEX case_file_sellers ON case_file USING gin (seller_codes) WHERE state < 6;
CREATE INDEX case_file_list ON case_file (list_id) WHERE list_id IS NOT NULL;

-- When its investigation clock stood still: paused, or with the verifiers. The last one is open while it does.
CREATE TABLE case_stop (
    case_id uuid NOT NULL REFERENCES case_file (id),
    -- 1 paused, 2 with the verifiers.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    from_time timestamptz NOT NULL,
    until_time timestamptz CHECK (until_time >= from_time),
    PRIMARY KEY (case_id, kind, from_time)
);
CREATE UNIQUE INDEX case_stop_open ON case_stop (case_id, kind) WHERE until_time IS NULL;

-- The suspicions that it follows up. Each keeps an outcome of its own.
CREATE TABLE case_suspicion (
    suspicion_id uuid PRIMARY KEY REFERENCES suspicion (id),
    case_id uuid NOT NULL REFERENCES case_file (id),
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    clue_value_id uuid NOT NULL REFERENCES clue_value (id),
    owner_kind smallint CHECK (owner_kind BETWEEN 1 AND 3),
    owner_code text NOT NULL,
    outcome smallint CHECK (outcome BETWEEN 1 AND 4),
    cleared_kind smallint CHECK (cleared_kind BETWEEN 1 AND 4),
    -- Withdrawn one by one: its policy ended.
    withdrawn boolean NOT NULL DEFAULT false,
    attached_time timestamptz NOT NULL
);
CREATE INDEX case_suspicion_case ON case_suspicion (case_id);

-- The values of open cases: one open case a value.
CREATE TABLE case_value (
    case_id uuid NOT NULL REFERENCES case_file (id),
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    clue_value_id uuid NOT NULL REFERENCES clue_value (id),
    owner_kind smallint NOT NULL DEFAULT 0,
    owner_code text NOT NULL DEFAULT '',
    open boolean NOT NULL,
    PRIMARY KEY (case_id, clue_value_id, owner_kind, owner_code)
);
CREATE UNIQUE INDEX case_value_open ON case_value (clue_value_id, owner_kind, owner_code) WHERE open;

-- The customers and applications that it is about.
CREATE TABLE case_member (
    case_id uuid NOT NULL REFERENCES case_file (id),
    customer_id uuid NOT NULL,
    application_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    party_no smallint NOT NULL,
    role smallint NOT NULL CHECK (role BETWEEN 1 AND 3),
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    seller_code text NOT NULL,
    agency_code text NOT NULL,
    policy_no text NOT NULL,
    added_time timestamptz NOT NULL,
    PRIMARY KEY (case_id, application_id, submission_id, party_no)
);
CREATE INDEX case_member_application ON case_member (application_id);
CREATE INDEX case_member_customer ON case_member (customer_id);
CREATE INDEX case_member_policy_no ON case_member (policy_no) WHERE policy_no <> '';

-- Who sees it beside the assignee, and who assists. Copies and assists are never cases of their own.
CREATE TABLE case_participant (
    case_id uuid NOT NULL REFERENCES case_file (id),
    -- 1 copied (team leader, or compliance in his place), 2 assists for another channel.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 4),
    branch_code text NOT NULL,
    -- Empty while nobody of the channel is free: the channel's unit has it.
    staff_code text NOT NULL,
    unit_code text NOT NULL DEFAULT '',
    added_time timestamptz NOT NULL,
    -- Of an assist.
    due_time timestamptz,
    answered_time timestamptz,
    answered_by text,
    answer_text_id uuid,
    overridden boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, kind, channel, branch_code, staff_code),
    CHECK (kind = 2 OR answered_time IS NULL)
);
CREATE INDEX case_participant_staff ON case_participant (staff_code, case_id);

-- The timeline: what happened to it, in order of version.
CREATE TABLE case_event (
    case_id uuid NOT NULL REFERENCES case_file (id),
    version bigint NOT NULL CHECK (version >= 1),
    ordinal smallint NOT NULL CHECK (ordinal >= 0),
    -- CaseEventKind's number.
    kind smallint NOT NULL CHECK (kind >= 1),
    actor text NOT NULL,
    recorded_time timestamptz NOT NULL,
    state_before smallint NOT NULL,
    state_after smallint NOT NULL,
    -- Codes, numbers, times: never words, never personal data.
    data jsonb NOT NULL,
    -- What the actor wrote, sealed.
    text_id uuid,
    PRIMARY KEY (case_id, version, ordinal)
);

-- Sealed words: reasons, comments, answers.
CREATE TABLE case_text (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    wrapped_key bytea,
    payload bytea NOT NULL
);
CREATE INDEX case_text_case ON case_text (case_id);

-- Evidence (证明材料): what it is in plain, name and content sealed in pieces under one key.
CREATE TABLE case_evidence (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind smallint NOT NULL CHECK (kind >= 1),
    -- As sniffed from the content.
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    signer_is_policyholder boolean NOT NULL,
    signed_on date,
    -- Staff code.
    collector text NOT NULL,
    original_seen boolean NOT NULL,
    electronic boolean NOT NULL,
    file_name_text_id uuid,
    wrapped_key bytea,
    attached_by text NOT NULL,
    attached_time timestamptz NOT NULL,
    -- The submission round before which it was attached.
    round integer NOT NULL
);
CREATE INDEX case_evidence_case ON case_evidence (case_id);
CREATE TABLE case_evidence_piece (
    evidence_id uuid NOT NULL REFERENCES case_evidence (id),
    piece_no integer NOT NULL CHECK (piece_no >= 0),
    payload bytea NOT NULL,
    PRIMARY KEY (evidence_id, piece_no)
);

CREATE TABLE case_contact_attempt (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    attempted_time timestamptz NOT NULL,
    -- 1 phone, 2 message, 3 e-mail, 4 letter, 5 visit.
    means smallint NOT NULL CHECK (means BETWEEN 1 AND 5),
    -- 1 reached, 2 no answer, 3 answered by another, 4 no such number, 5 out of service, 6 refused, 7 sent, 8 undeliverable.
    result smallint NOT NULL CHECK (result BETWEEN 1 AND 8),
    attempted_by text NOT NULL,
    text_id uuid,
    recorded_time timestamptz NOT NULL
);
CREATE INDEX case_contact_attempt_case ON case_contact_attempt (case_id);

CREATE TABLE case_call_back_request (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    requested_by text NOT NULL,
    requested_time timestamptz NOT NULL,
    question_text_id uuid,
    answered_by text,
    answered_time timestamptz,
    -- 1 confirmed as it stands, 2 told otherwise, 3 not reached, 4 refused.
    answer smallint CHECK (answer BETWEEN 1 AND 4),
    answer_text_id uuid
);
CREATE INDEX case_call_back_request_case ON case_call_back_request (case_id);

-- Who verified which submission, for which department.
CREATE TABLE case_verification (
    case_id uuid NOT NULL REFERENCES case_file (id),
    round integer NOT NULL CHECK (round >= 1),
    -- 1 customer service, 2 compliance.
    department smallint NOT NULL CHECK (department BETWEEN 1 AND 2),
    verifier text NOT NULL,
    -- true verified, false returned.
    verified boolean NOT NULL,
    recorded_time timestamptz NOT NULL,
    text_id uuid,
    PRIMARY KEY (case_id, round, department)
);

-- Who handled it: none of them verifies it.
CREATE TABLE case_handler (
    case_id uuid NOT NULL REFERENCES case_file (id),
    staff_code text NOT NULL,
    first_time timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_code)
);

-- Sanction (处罚) and rectification (整改) opinions: owner, due, reply.
CREATE TABLE case_opinion (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    -- 1 sanction, 2 rectification.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    owner_code text NOT NULL,
    due_date date NOT NULL,
    text_id uuid NOT NULL,
    recorded_by text NOT NULL,
    recorded_time timestamptz NOT NULL,
    replied_by text,
    replied_time timestamptz,
    reply_text_id uuid
);
CREATE INDEX case_opinion_case ON case_opinion (case_id);

-- "Issued by mistake" (误发): who says so, and what was decided.
CREATE TABLE case_appeal (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    appealed_by text NOT NULL,
    appealed_time timestamptz NOT NULL,
    text_id uuid NOT NULL,
    decided_by text,
    decided_time timestamptz,
    accepted boolean,
    decision_text_id uuid
);
CREATE UNIQUE INDEX case_appeal_open ON case_appeal (case_id) WHERE decided_time IS NULL;
CREATE INDEX case_appeal_case ON case_appeal (case_id);

-- Withdrawals by a person wait for a second one.
CREATE TABLE case_withdrawal (
    case_id uuid NOT NULL REFERENCES case_file (id),
    asked_by text NOT NULL,
    asked_time timestamptz NOT NULL,
    text_id uuid NOT NULL,
    confirmed_by text CHECK (confirmed_by <> asked_by),
    confirmed_time timestamptz,
    PRIMARY KEY (case_id, asked_time)
);

-- Reminders and escalations: one a due time and step. A recomputed deadline cancels what is not sent.
CREATE TABLE case_timer (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    -- 1 investigation, 2 verification, 3 assist.
    clock smallint NOT NULL CHECK (clock BETWEEN 1 AND 3),
    -- 1 reminder, 2 due, 3 escalation.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    step smallint NOT NULL CHECK (step >= 0),
    due_time timestamptz NOT NULL,
    -- 1 clerk, 2 team leader, 3 channel head, 4 compliance, 5 customer service.
    recipient smallint NOT NULL CHECK (recipient BETWEEN 1 AND 5),
    -- 1 planned, 2 sent, 3 cancelled.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 3),
    settled_time timestamptz,
    CHECK ((state = 1) = (settled_time IS NULL))
);
CREATE UNIQUE INDEX case_timer_once ON case_timer (case_id, clock, kind, step, due_time) WHERE state <> 3;
CREATE INDEX case_timer_due ON case_timer (due_time, id) WHERE state = 1;
CREATE INDEX case_timer_case ON case_timer (case_id) WHERE state = 1;

-- When each clerk was last given a case: ties go to the longest idle.
CREATE TABLE clerk_turn (
    staff_code text PRIMARY KEY,
    last_assigned_time timestamptz NOT NULL
);

-- Idempotency keys of writes: the answer of a repeat is the case as it stands.
CREATE TABLE case_request (
    request_id uuid NOT NULL,
    caller text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    case_ids uuid[] NOT NULL,
    -- What the first call made beside the case: an evidence, an opinion.
    made_id uuid,
    recorded_time timestamptz NOT NULL,
    PRIMARY KEY (request_id, caller)
);

-- A cleared pair names the verified case that it came out of.
ALTER TABLE cleared_relation ADD COLUMN case_id uuid REFERENCES case_file (id);

-- Suspicions of sealed daily lists that have no case yet: the worker takes them.
ALTER TABLE suspicion_list ADD COLUMN cases_made_time timestamptz;
CREATE INDEX suspicion_list_no_cases ON suspicion_list (list_date) WHERE kind = 1 AND state = 2 AND cases_made_time IS NULL;
-- The seal's guard lets only this one column of a sealed list change, once.
CREATE OR REPLACE FUNCTION refuse_change_of_sealed_list() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state = 2 AND (OLD.cases_made_time IS NOT NULL
        OR to_jsonb(NEW) - 'cases_made_time' IS DISTINCT FROM to_jsonb(OLD) - 'cases_made_time') THEN
        RAISE EXCEPTION 'list % is sealed', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END
$$;

GRANT SELECT, INSERT, UPDATE ON case_number, case_file, case_suspicion, case_value, case_stop, case_participant, case_call_back_request,
    case_opinion, case_appeal, case_withdrawal, case_timer, clerk_turn TO zhenshi_app;
GRANT SELECT, INSERT ON case_member, case_event, case_text, case_evidence, case_evidence_piece, case_contact_attempt,
    case_verification, case_handler, case_request TO zhenshi_app;
GRANT DELETE ON case_participant TO zhenshi_app;
GRANT UPDATE (cases_made_time) ON suspicion_list TO zhenshi_app;
