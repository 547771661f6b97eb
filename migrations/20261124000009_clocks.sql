-- Clocks of cases: which deadline a timer belongs to, and which policy events may have moved one.

-- The due time that it was planned for, and when: a plan for the same due time is looked at again, never made twice.
ALTER TABLE case_timer ADD COLUMN deadline_time timestamptz NOT NULL;
ALTER TABLE case_timer ADD COLUMN planned_time timestamptz NOT NULL;
DROP INDEX case_timer_case;
CREATE INDEX case_timer_case ON case_timer (case_id) WHERE state <> 3;

-- Policy events after which the deadlines of their cases are to be computed anew; a job takes them. No foreign key: what
-- waits here must not decide what becomes of an event.
CREATE TABLE policy_event_pending (
    policy_event_id uuid PRIMARY KEY,
    recorded_time timestamptz NOT NULL
);
CREATE INDEX policy_event_pending_order ON policy_event_pending (recorded_time, policy_event_id);

-- Open cases whose deadline was counted by another calendar than the one in force.
CREATE INDEX case_file_calendar ON case_file (calendar_version, id) WHERE state < 6 AND channel_received_time IS NOT NULL;

-- Taking a row locks it, and to lock one must be allowed to update.
GRANT SELECT, INSERT, UPDATE, DELETE ON policy_event_pending TO zhenshi_app;
