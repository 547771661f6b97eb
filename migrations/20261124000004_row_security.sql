-- Row security: the second wall behind the typed scope (src/security/scope.rs). A query that forgets its filter shows and
-- changes nothing beyond the scope of its transaction; without a scope there is nothing at all.
--
-- Every transaction sets (src/store/tx.rs, for its own length): zhenshi.extent (everything, own_channel, own_branch, own_team,
-- own, reach), zhenshi.role, zhenshi.actor, zhenshi.staff, zhenshi.channel and zhenshi.branch of a member of staff, and
-- zhenshi.channels of a token's reach. In a sub-select each is read once a statement, not once a row.
-- What a member of staff has or takes part in is within each of his extents.
-- tests/it/policy/tables.rs names every table that has none, with the reason.

CREATE FUNCTION scope_extent() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('zhenshi.extent', true) $$;
CREATE FUNCTION scope_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('zhenshi.role', true) $$;
CREATE FUNCTION scope_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('zhenshi.actor', true) $$;
-- Nobody, for a system: empty codes of nobody must not be his.
CREATE FUNCTION scope_staff() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('zhenshi.staff', true), '') $$;
CREATE FUNCTION scope_channel() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('zhenshi.channel', true), '')::smallint $$;
CREATE FUNCTION scope_branch() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('zhenshi.branch', true) $$;
CREATE FUNCTION scope_channels() RETURNS smallint[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('zhenshi.channels', true), '')::smallint[] $$;

-- === tokens: the service itself and administrators

ALTER TABLE caller_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE caller_token FORCE ROW LEVEL SECURITY;
CREATE POLICY caller_token_everything ON caller_token USING (
    (SELECT scope_extent()) = 'everything' AND (SELECT scope_role()) IN ('system', 'administrator'));

-- === the directory: everybody reads what is of his channel or of none; whoever administrates writes

ALTER TABLE directory_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_entry_everything ON directory_entry USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY directory_entry_read ON directory_entry FOR SELECT USING (
    ((SELECT scope_extent()) <> '' AND channel IS NULL)
    OR ((SELECT scope_extent()) IN ('own', 'own_channel') AND channel = (SELECT scope_channel()))
    OR ((SELECT scope_extent()) IN ('own_branch', 'own_team') AND channel = (SELECT scope_channel())
        AND branch_code IN ('', (SELECT scope_branch())))
    OR ((SELECT scope_extent()) = 'reach' AND channel = ANY ((SELECT scope_channels())::smallint[])));
ALTER TABLE directory_leave ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_leave FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_leave_everything ON directory_leave USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY directory_leave_read ON directory_leave FOR SELECT USING (
    EXISTS (SELECT FROM directory_entry e WHERE e.id = entry_id));
ALTER TABLE directory_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_contact_everything ON directory_contact USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE directory_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_person FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_person_everything ON directory_person USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE directory_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_request FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_request_own ON directory_request USING (
    (SELECT scope_extent()) = 'everything' OR caller = (SELECT scope_actor()));
ALTER TABLE holiday_notice_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE holiday_notice_request FORCE ROW LEVEL SECURITY;
CREATE POLICY holiday_notice_request_own ON holiday_notice_request USING (
    (SELECT scope_extent()) = 'everything' OR caller = (SELECT scope_actor()));

-- === suspicion lists: written by the service; read where the member's application is of one's own

ALTER TABLE suspicion_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE suspicion_list FORCE ROW LEVEL SECURITY;
CREATE POLICY suspicion_list_everything ON suspicion_list USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY suspicion_list_read ON suspicion_list FOR SELECT USING (
    (SELECT scope_extent()) <> '');
ALTER TABLE list_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_run FORCE ROW LEVEL SECURITY;
CREATE POLICY list_run_everything ON list_run USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE clue_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE clue_value FORCE ROW LEVEL SECURITY;
CREATE POLICY clue_value_everything ON clue_value USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY clue_value_read ON clue_value FOR SELECT USING (
    (SELECT scope_extent()) <> '');
ALTER TABLE suspicion_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE suspicion_member FORCE ROW LEVEL SECURITY;
CREATE POLICY suspicion_member_everything ON suspicion_member USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY suspicion_member_read ON suspicion_member FOR SELECT USING (
    ((SELECT scope_extent()) IN ('own_channel', 'own_branch', 'own_team') AND channel = (SELECT scope_channel())
        AND ((SELECT scope_extent()) = 'own_channel' OR branch_code = (SELECT scope_branch())))
    OR ((SELECT scope_extent()) = 'reach' AND channel = ANY ((SELECT scope_channels())::smallint[]))
    OR ((SELECT scope_staff()) IS NOT NULL
        AND EXISTS (SELECT FROM case_suspicion c WHERE c.suspicion_id = suspicion_member.suspicion_id)));
ALTER TABLE suspicion ENABLE ROW LEVEL SECURITY;
ALTER TABLE suspicion FORCE ROW LEVEL SECURITY;
CREATE POLICY suspicion_everything ON suspicion USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY suspicion_read ON suspicion FOR SELECT USING (
    ((SELECT scope_extent()) IN ('own_channel', 'own_branch', 'own_team') AND lead_channel = (SELECT scope_channel())
        AND ((SELECT scope_extent()) = 'own_channel' OR lead_branch_code = (SELECT scope_branch())))
    OR ((SELECT scope_extent()) = 'reach' AND lead_channel = ANY ((SELECT scope_channels())::smallint[]))
    OR EXISTS (SELECT FROM suspicion_member m WHERE m.suspicion_id = suspicion.id));
ALTER TABLE cleared_relation ENABLE ROW LEVEL SECURITY;
ALTER TABLE cleared_relation FORCE ROW LEVEL SECURITY;
CREATE POLICY cleared_relation_everything ON cleared_relation USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY cleared_relation_read ON cleared_relation FOR SELECT USING (
    EXISTS (
        SELECT FROM application_party p JOIN application a ON a.id = p.application_id
        WHERE p.customer_id IN (low_customer_id, high_customer_id)
            AND (((SELECT scope_extent()) IN ('own_channel', 'own_branch', 'own_team') AND a.channel = (SELECT scope_channel())
        AND ((SELECT scope_extent()) = 'own_channel' OR a.branch_code = (SELECT scope_branch())))
    OR ((SELECT scope_extent()) = 'reach' AND a.channel = ANY ((SELECT scope_channels())::smallint[])))));

-- Members of another channel are shown as stubs: that there is one, of which channel, under which surrogate. Only of
-- suspicions that the scope lets through.
CREATE FUNCTION suspicion_stubs(suspicion_ids uuid[])
RETURNS TABLE (suspicion_id uuid, member_no integer, customer_id uuid, channel smallint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    extent text := current_setting('zhenshi.extent', true);
    visible uuid[] := ARRAY(SELECT s.id FROM suspicion s WHERE s.id = ANY (suspicion_ids));
BEGIN
    PERFORM set_config('zhenshi.extent', 'everything', true);
    RETURN QUERY SELECT m.suspicion_id, m.member_no, m.customer_id, m.channel
        FROM suspicion_member m WHERE m.suspicion_id = ANY (visible);
    PERFORM set_config('zhenshi.extent', extent, true);
END
$$;

-- === cases

ALTER TABLE case_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_file FORCE ROW LEVEL SECURITY;
CREATE POLICY case_file_scope ON case_file USING (
    (SELECT scope_extent()) = 'everything'
    OR assignee = (SELECT scope_staff())
    OR ((SELECT scope_extent()) IN ('own_channel', 'own_branch', 'own_team') AND channel = (SELECT scope_channel())
        AND ((SELECT scope_extent()) = 'own_channel' OR branch_code = (SELECT scope_branch())))
    OR ((SELECT scope_extent()) = 'reach' AND channel = ANY ((SELECT scope_channels())::smallint[]))
    OR EXISTS (SELECT FROM case_participant p WHERE p.case_id = case_file.id AND p.staff_code = (SELECT scope_staff())));

-- Who takes part decides who sees a case, so it cannot go by the case that it belongs to: codes, readable under any scope.
-- Only who sees the case adds or removes somebody. (No sub-select in the first: PostgreSQL takes it for a recursion.)
ALTER TABLE case_participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_participant FORCE ROW LEVEL SECURITY;
CREATE POLICY case_participant_read ON case_participant FOR SELECT USING (current_setting('zhenshi.extent', true) <> '');
CREATE POLICY case_participant_add ON case_participant FOR INSERT WITH CHECK (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
CREATE POLICY case_participant_change ON case_participant FOR UPDATE USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
CREATE POLICY case_participant_remove ON case_participant FOR DELETE USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));

-- What hangs on a case is where the case is.
ALTER TABLE case_stop ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_stop FORCE ROW LEVEL SECURITY;
CREATE POLICY case_stop_scope ON case_stop USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_suspicion ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_suspicion FORCE ROW LEVEL SECURITY;
CREATE POLICY case_suspicion_scope ON case_suspicion USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_value FORCE ROW LEVEL SECURITY;
CREATE POLICY case_value_scope ON case_value USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_member FORCE ROW LEVEL SECURITY;
CREATE POLICY case_member_scope ON case_member USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_event FORCE ROW LEVEL SECURITY;
CREATE POLICY case_event_scope ON case_event USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_text FORCE ROW LEVEL SECURITY;
CREATE POLICY case_text_scope ON case_text USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY case_evidence_scope ON case_evidence USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_contact_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_contact_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY case_contact_attempt_scope ON case_contact_attempt USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_call_back_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_call_back_request FORCE ROW LEVEL SECURITY;
CREATE POLICY case_call_back_request_scope ON case_call_back_request USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_verification ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_verification FORCE ROW LEVEL SECURITY;
CREATE POLICY case_verification_scope ON case_verification USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_handler ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_handler FORCE ROW LEVEL SECURITY;
CREATE POLICY case_handler_scope ON case_handler USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_opinion ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_opinion FORCE ROW LEVEL SECURITY;
CREATE POLICY case_opinion_scope ON case_opinion USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_appeal FORCE ROW LEVEL SECURITY;
CREATE POLICY case_appeal_scope ON case_appeal USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_withdrawal ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_withdrawal FORCE ROW LEVEL SECURITY;
CREATE POLICY case_withdrawal_scope ON case_withdrawal USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_timer ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_timer FORCE ROW LEVEL SECURITY;
CREATE POLICY case_timer_scope ON case_timer USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_file c WHERE c.id = case_id));
ALTER TABLE case_evidence_piece ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_evidence_piece FORCE ROW LEVEL SECURITY;
CREATE POLICY case_evidence_piece_scope ON case_evidence_piece USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM case_evidence e WHERE e.id = evidence_id));
ALTER TABLE case_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_request FORCE ROW LEVEL SECURITY;
CREATE POLICY case_request_own ON case_request USING (
    (SELECT scope_extent()) = 'everything' OR caller = (SELECT scope_actor()));

-- === deliveries: the relay and administrators

ALTER TABLE event_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_endpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY event_endpoint_everything ON event_endpoint USING ((SELECT scope_extent()) = 'everything');
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY delivery_everything ON delivery USING ((SELECT scope_extent()) = 'everything');
