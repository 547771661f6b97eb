//! Reveals: covered or refused, written down before a byte leaves, over to the second.

use tonic::Code;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{CERTIFICATE, NAME, PHONES, Vault};
use crate::support::{
    applications::man,
    calls::{fields, metadata, reason},
    cases::name,
    database::count,
};

/// How many times anything was opened.
fn opened(vault: &Vault) -> u64 {
    vault.desk.office.app().sealer.opened()
}

#[tokio::test]
async fn a_grant_shows_what_it_names_and_nothing_else_until_its_end() {
    let vault = Vault::open().await;
    let granted = vault.granted(vault.request()).await;
    let shown = vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    let party = &shown.parties[0];
    assert_eq!(party.customer_id, vault.customer_id.to_string());
    assert_eq!(party.name, name(11));
    assert_eq!(party.certificate.clone().unwrap().number, man(11).certificate.unwrap().number);
    assert!(party.phones.is_empty() && party.address.is_none() && party.sex == 0);
    let office = &vault.desk.office;
    let now = zhenshi::clock::Clock::now(office.service.clock.as_ref()).timestamp();
    assert_eq!(shown.shown_until_time.unwrap().seconds, now + 300);

    let denied = async |staff: &str, change: &dyn Fn(&mut proto::RevealFieldsRequest)| {
        let mut message = vault.reveal(&granted.grant_id);
        change(&mut message);
        let status = vault.show(staff, message).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::PermissionDenied, "ACCESS_NOT_GRANTED".into()));
        metadata(&status, "why")
    };
    let before = opened(&vault);
    assert_eq!(denied("B2", &|_| ()).await, "NO_GRANT");
    assert_eq!(denied("IS", &|_| ()).await, "NO_GRANT", "he who agreed has none of his own");
    assert_eq!(denied("B1", &|message| message.fields.push(PHONES)).await, "OTHER_FIELDS");
    assert_eq!(denied("B1", &|message| message.subject = Some(vault.case())).await, "OTHER_SUBJECT");
    let other = proto::AccessPurpose::Claim.into();
    assert_eq!(denied("B1", &|message| message.purpose = other).await, "OTHER_PURPOSE");
    assert_eq!(denied("B1", &|message| message.grant_id.clear()).await, "NO_GROUND");

    // One day: over when the day is.
    office.at("2026-11-24 23:59");
    office.service.clock.advance(chrono::TimeDelta::seconds(59));
    let last = vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    assert_eq!(last.shown_until_time.unwrap().seconds, granted.end_time.unwrap().seconds);
    office.service.clock.advance(chrono::TimeDelta::seconds(1));
    let after = opened(&vault);
    assert_eq!(denied("B1", &|_| ()).await, "EXPIRED");
    assert_eq!(opened(&vault), after);
    assert!(after > before);
    assert_eq!(vault.audited("REVEAL_FIELDS").await.len(), 2);
    assert_eq!(vault.audited("REVEAL_REFUSED").await.len(), 7);
}

#[tokio::test]
async fn the_assignee_sees_name_and_phones_until_he_submits_and_each_look_is_written() {
    let vault = Vault::open().await;
    let shown = vault.show("B1", vault.reveal("")).await.unwrap();
    assert_eq!(shown.parties.len(), 4, "policyholder and insured of two applications");
    assert!(shown.parties.iter().all(|party| !party.name.is_empty() && party.certificate.is_none()));
    assert_eq!(shown.parties[0].phones, man(10).phones);
    let why = async |staff: &str, message| {
        let status = vault.show(staff, message).await.unwrap_err();
        metadata(&status, "why")
    };
    assert_eq!(why("B2", vault.reveal("")).await, "NOT_ASSIGNED");
    assert_eq!(why("BL", vault.reveal("")).await, "NOT_ASSIGNED", "his leader is not the assignee");
    assert_eq!(why("CSM", vault.reveal("")).await, "NOT_ASSIGNED");
    let more = proto::RevealFieldsRequest { fields: vec![NAME, CERTIFICATE], ..vault.reveal("") };
    assert_eq!(why("B1", more).await, "OTHER_FIELDS");
    sqlx::query("UPDATE case_file SET state = 5").execute(vault.admin()).await.unwrap();
    assert_eq!(why("B1", vault.reveal("")).await, "SUBMITTED");

    let entries = vault.audited("REVEAL_FIELDS").await;
    assert_eq!(entries, ["fields=Name,Phones purpose=Investigation class=Ordinary via=token by=assignment"]);
    let register = "SELECT count(*) FROM reveal WHERE actor = 'staff:B1' AND party_count = 4
                    AND cardinality(customer_ids) = 2 AND grant_id IS NULL";
    assert_eq!(count(vault.admin(), register).await, 1);
}

#[tokio::test]
async fn members_of_another_channel_are_not_the_assignees() {
    let vault = Vault::open().await;
    let sql = "UPDATE case_member SET channel = 1 WHERE customer_id = $1";
    sqlx::query(sql).bind(vault.customer_id).execute(vault.admin()).await.unwrap();
    let shown = vault.show("B1", vault.reveal("")).await.unwrap();
    let hidden = vault.customer_id.to_string();
    assert_eq!(shown.parties.len(), 2);
    assert!(shown.parties.iter().all(|party| party.customer_id != hidden));
}

#[tokio::test]
async fn without_its_audit_entry_nothing_is_answered() {
    let vault = Vault::open().await;
    let granted = vault.granted(vault.request()).await;
    let before = opened(&vault);
    // The database goes away at the very entry of the audit log, as if it had been killed between.
    let gone = "CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                    RETURN NEW;
                END $$";
    sqlx::raw_sql(gone).execute(vault.admin()).await.unwrap();
    let trigger = "CREATE TRIGGER go_away BEFORE INSERT ON audit_pending FOR EACH ROW
                   WHEN (NEW.action = 'REVEAL_FIELDS') EXECUTE FUNCTION go_away()";
    sqlx::raw_sql(trigger).execute(vault.admin()).await.unwrap();
    for message in [vault.reveal(&granted.grant_id), vault.reveal("")] {
        let status = vault.show("B1", message).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::Unavailable, "STORE_UNAVAILABLE".into()));
    }
    // It refuses the entry.
    sqlx::raw_sql("DROP TRIGGER go_away ON audit_pending").execute(vault.admin()).await.unwrap();
    sqlx::raw_sql("REVOKE INSERT ON audit_pending FROM zhenshi_app").execute(vault.admin()).await.unwrap();
    let status = vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert_eq!(opened(&vault), before, "nothing was opened");
    assert_eq!(count(vault.admin(), "SELECT count(*) FROM reveal").await, 0);
    sqlx::raw_sql("GRANT INSERT ON audit_pending TO zhenshi_app").execute(vault.admin()).await.unwrap();
    vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    assert!(opened(&vault) > before);
    assert_eq!(vault.audited("REVEAL_FIELDS").await.len(), 1);
}

#[tokio::test]
async fn an_enquiry_says_who_asks_and_how_he_was_identified() {
    let vault = Vault::open().await;
    let purpose = proto::AccessPurpose::Enquiry.into();
    let asked = vault.ask("CS1", proto::RequestAccessRequest { purpose, ..vault.request() }).await.unwrap();
    vault.decide("CSM", &asked.grant_id, true).await.unwrap();
    vault.decide("IS", &asked.grant_id, true).await.unwrap();
    let bare = proto::RevealFieldsRequest { purpose, ..vault.reveal(&asked.grant_id) };
    let status = vault.show("CS1", bare.clone()).await.unwrap_err();
    assert_eq!(fields(&status), ["enquirer_role", "identification"]);
    let told = proto::RevealFieldsRequest {
        enquirer_role: proto::EnquirerRole::Beneficiary.into(),
        identification: proto::EnquirerIdentification::AnswersAndNumber.into(),
        ..bare
    };
    vault.show("CS1", told).await.unwrap();
    let entries = vault.audited("REVEAL_FIELDS").await;
    assert!(entries[0].ends_with(" enquirer=Beneficiary identified=AnswersAndNumber"), "{entries:?}");
    let odd = proto::RevealFieldsRequest {
        identification: proto::EnquirerIdentification::Answers.into(),
        ..vault.reveal("")
    };
    assert_eq!(fields(&vault.show("B1", odd).await.unwrap_err()), ["identification"]);
}
