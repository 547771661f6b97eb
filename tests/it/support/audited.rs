//! A guarded database ([`TestDatabase::guarded`](super::database::TestDatabase::guarded)): who writes as the service leaves an audit entry in the same transaction, or is refused at COMMIT; and
//! the entry names who acts.
//!
//! So every test on one that makes the service do something proves that it is in the log. What may be written without an entry
//! stands in [`WITHOUT`] with the reason; partitioned tables are left out, for nothing is written to them alone. A new table goes
//! into one of the two lists.

/// Tables that are written with an entry.
pub const GUARDED: &[&str] = &[
    "access_alert",
    "access_grant",
    "access_seen",
    "application",
    "application_approval",
    "application_party",
    "caller_token",
    "case_appeal",
    "case_call_back_request",
    "case_contact_attempt",
    "case_event",
    "case_evidence",
    "case_evidence_piece",
    "case_file",
    "case_handler",
    "case_member",
    "case_opinion",
    "case_participant",
    "case_request",
    "case_stop",
    "case_suspicion",
    "case_text",
    "case_timer",
    "case_value",
    "case_verification",
    "case_withdrawal",
    "cleared_relation",
    "contact_use",
    "customer",
    "customer_class",
    "customer_key",
    "directory_contact",
    "directory_entry",
    "directory_leave",
    "directory_person",
    "holiday_notice",
    "incident",
    "incident_measure",
    "list_gate",
    "loan",
    "policy_event",
    "privacy_request",
    "privacy_text",
    "request_key",
    "reveal",
    "unmasked_export",
    "unmasked_export_piece",
];

/// Tables that are written without an entry, and why.
pub const WITHOUT: &[(&str, &str)] = &[
    ("audit_pending", "the log"),
    ("audit_entry", "the log"),
    ("chain_head", "the log"),
    ("outbox_pending", "beside what it tells of"),
    ("outbox_event", "the relay moves what was told"),
    ("event_endpoint", "how far planning has come; that one is new has an entry"),
    ("delivery", "planned, leased, tried again; what left the service or was given up has an entry"),
    ("list_run", "chunks of a list, whose closing and sealing have entries"),
    ("suspicion_list", "planning of a list, whose closing and sealing have entries"),
    ("clue_value", "written by chunks: the entry of the sealed list has the digest over all"),
    ("suspicion", "as clue_value"),
    ("suspicion_member", "as clue_value"),
    ("contact_pending", "what a list has still to look at"),
    ("version_counter", "counters"),
    ("rule_set", "the entry of the start names it"),
    ("key_check", "the entry of the start names the keys"),
    ("fingerprint_epoch", "the entry of the start names it"),
    ("key_holder", "what each process holds, told every few seconds"),
    ("epoch_rotation", "how far the rotation of a fingerprint key has come; its steps have entries"),
    ("epoch_subject", "as epoch_rotation"),
    ("key_rotation", "how far a rotation has come; what it changes has entries"),
    ("account", "attempts are counted; what is made, changed and locked has entries"),
    ("session", "uses are noted; its beginning and end have entries"),
    ("case_number", "a counter a day"),
    ("clerk_turn", "whose turn it is; who gets a case has an entry"),
    ("event_redelivery", "keys of requests; one that sends nothing again leaves its key alone"),
    (
        "retention_subject",
        "how a person's data stand by the day; what is asked, decided and done has entries (erasure's own tests)",
    ),
    ("retention_hold", "as retention_subject"),
    ("erasure", "as retention_subject"),
    ("retention_sweep", "how far a job has looked"),
    ("shred_replay", "ids of destructions that were done again, beside their entry"),
    ("shred_ledger", "how long the ledger outside is; the destruction that makes it longer has an entry"),
    ("inspection", "a signed report"),
    ("page_setting", "how somebody likes to see the page"),
    ("export_number", "a counter a day"),
    ("access_usage", "looks are counted beside their answers; who looks too much has an entry"),
    ("directory_request", "keys of requests; one that changes nothing leaves its key alone"),
    ("holiday_notice_request", "as directory_request"),
    ("policy_event_pending", "what is still to be looked at"),
];

/// What a guarded database gets beside the migrations.
pub const SQL: &str = "
CREATE FUNCTION test_note_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scope_actor text := current_setting('zhenshi.actor', true);
BEGIN
    PERFORM set_config('test.audited', 'yes', true);
    IF current_user = 'zhenshi_app' AND (NEW.actor = '' OR NEW.action !~ '^[A-Z][A-Z_]+$' OR NEW.subject_kind = '') THEN
        RAISE EXCEPTION 'an audit entry that does not say who, what and of which kind: %', NEW;
    END IF;
    IF current_user = 'zhenshi_app' AND scope_actor NOT IN ('', 'system') AND NEW.actor <> scope_actor THEN
        RAISE EXCEPTION 'an audit entry that names % for what % did', NEW.actor, scope_actor;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER test_note_audit AFTER INSERT ON audit_pending FOR EACH ROW EXECUTE FUNCTION test_note_audit();
CREATE FUNCTION test_demand_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'zhenshi_app' AND current_setting('test.audited', true) IS DISTINCT FROM 'yes' THEN
        RAISE WARNING 'table % was written without an audit entry', TG_TABLE_NAME;
        RAISE EXCEPTION 'table % was written without an audit entry', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
";

/// Everything that a guarded database gets.
pub fn sql() -> String {
    let guard = |name: &&str| {
        format!(
            "CREATE CONSTRAINT TRIGGER test_demand_audit AFTER INSERT OR UPDATE OR DELETE ON {name}
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_demand_audit();"
        )
    };
    SQL.to_owned() + &GUARDED.iter().map(guard).collect::<String>()
}
