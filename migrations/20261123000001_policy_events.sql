-- What the core policy system says became of a policy (保单), as it said it; what follows from it is computed when it is
-- asked for, so that events may come in any order and a list is a function of its cut.

-- kind: 1 issued, 2 declined, 3 not taken up, 4 receipt signed, 5 call-back scheduled, 6 call-back done,
-- 7 call-back failed, 8 surrendered, 9 cancelled, 10 reinstated.
CREATE TABLE policy_event (
    id uuid PRIMARY KEY,
    -- The caller's idempotency key and the HMAC of what it sent with it.
    caller text NOT NULL,
    request_id uuid NOT NULL,
    request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
    -- Which policy: the application it came from (its head's id, whether or not that head is known yet), its number, or
    -- both.
    application_id uuid,
    policy_no text NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 10),
    occurred_time timestamptz NOT NULL,
    -- Receipt signed: the day of signing, and the core's own last day of cooling-off if it sends one.
    receipt_date date,
    cooling_off_end_date date,
    -- Call-back scheduled: when.
    call_back_time timestamptz,
    -- Call-back failed: 1 no such number, 2 wrong number, 3 out of service, 4 answered by another, 5 no answer, 6 other.
    failure_reason smallint CHECK (failure_reason BETWEEN 1 AND 6),
    recorded_time timestamptz NOT NULL,
    UNIQUE (caller, request_id),
    CHECK (application_id IS NOT NULL OR policy_no <> ''),
    CHECK ((kind = 4) = (receipt_date IS NOT NULL)),
    CHECK (kind = 4 OR cooling_off_end_date IS NULL),
    CHECK ((kind = 5) = (call_back_time IS NOT NULL)),
    CHECK ((kind = 7) = (failure_reason IS NOT NULL))
);
CREATE INDEX policy_event_application ON policy_event (application_id, recorded_time) WHERE application_id IS NOT NULL;
CREATE INDEX policy_event_policy_no ON policy_event (policy_no, recorded_time) WHERE policy_no <> '';
-- Servicing changes and claims of an application: their contacts count with the policy, and come back with it.
CREATE INDEX application_original ON application (original_application_no) WHERE original_application_no <> '';

GRANT SELECT, INSERT ON policy_event TO zhenshi_app;
