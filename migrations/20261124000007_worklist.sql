-- What the worklist and those who watch it read: every page is a walk along one index.

-- Waiting for a clerk: what ClaimNextCase takes, and a clerk sees beside his own.
CREATE INDEX case_file_waiting ON case_file (channel, branch_code, urgent_time, urgency_rank, id) WHERE state = 2;
-- A channel head's page.
CREATE INDEX case_file_channel ON case_file (channel, urgent_time, urgency_rank, id) WHERE state < 6;
-- The same orders for what is over, each end by itself.
CREATE INDEX case_file_over ON case_file (state, urgent_time, urgency_rank, id) WHERE state >= 6;
CREATE INDEX case_file_over_assignee ON case_file (assignee, state, urgent_time, urgency_rank, id) WHERE state >= 6;
CREATE INDEX case_file_over_branch ON case_file (channel, branch_code, state, urgent_time, urgency_rank, id) WHERE state >= 6;
-- Beginnings of numbers, whatever the collation.
CREATE INDEX case_file_number ON case_file (case_no text_pattern_ops);

-- Row security lets a clerk read, beside what is his, what waits for a clerk of his branch: what ClaimNextCase may give him.
-- Reading only: no other change of it is his.
CREATE POLICY case_file_waiting ON case_file FOR SELECT USING (
    state = 2 AND assignee IS NULL AND unit_code = '' AND NOT with_compliance
    AND (SELECT scope_extent()) = 'own' AND (SELECT scope_role()) = 'clerk'
    AND channel = (SELECT scope_channel()) AND branch_code = (SELECT scope_branch()));

-- The newest change of a case, for readers by position.
CREATE INDEX outbox_event_case ON outbox_event (case_id, position) WHERE kind = 'case.changed';
