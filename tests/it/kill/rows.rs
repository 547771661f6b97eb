//! What the tables say about a round's requests, opened with the keyring, and the checks that it is what was sent.

use std::collections::BTreeMap;

use prost::Message as _;
use sqlx::{PgConnection, prelude::FromRow};
use uuid::Uuid;
use zhenshi::{
    security::{
        fingerprint::keyed_digest,
        keyring::Keyring,
        sealing::{Place, Sealed, Sealer},
    },
    store::payload::Payload,
};
use zhenshi_proto::zhenshi::v1::{Application, Person, ValidateApplicationResponse, Verdict};

use super::load::{TURNS, application_no, message, verdict};

/// Contacts of an accepted application: phone, certificate, address and name with birth date and sex of the policyholder
/// and of the insured, and the policyholder's account.
const CONTACTS: i64 = 2 * 4 + 1;

/// Party number of what belongs to nobody.
const NOBODY: i16 = -1;

/// The tables' side of a round.
pub struct Rows {
    submissions: Vec<SubmissionRow>,
    sealed: BTreeMap<Uuid, BTreeMap<i16, Sealed>>,
    heads: BTreeMap<String, HeadRow>,
}

#[derive(Debug, FromRow)]
struct SubmissionRow {
    id: Uuid,
    request_id: Uuid,
    revision: i32,
    source: String,
    kind: i16,
    application_no: String,
    superseded: bool,
    channel: i16,
    branch_code: String,
    caller: String,
    request_digest: Vec<u8>,
    verdict: i16,
    /// What the request key says.
    key_submission_id: Uuid,
    key_digest: Vec<u8>,
    findings: i64,
    contacts: i64,
    contacts_in_force: i64,
}

#[derive(Debug, FromRow)]
struct HeadRow {
    application_no: String,
    last_revision: i32,
    current_submission_id: Option<Uuid>,
}

#[derive(FromRow)]
struct SealedRow {
    submission_id: Uuid,
    party_no: i16,
    wrapped_key: Vec<u8>,
    payload: Vec<u8>,
}

impl Rows {
    /// Reads what there is of the requests `numbers`.
    pub async fn read(database: &mut PgConnection, numbers: &[u32]) -> Self {
        let request_ids: Vec<Uuid> = numbers.iter().map(|number| request_id(*number)).collect();
        let submissions: Vec<SubmissionRow> = sqlx::query_as(
            "WITH sent AS (SELECT * FROM submission WHERE request_id = ANY($1)), uses AS (
                 SELECT submission_id, count(*) AS contacts, count(*) FILTER (WHERE ended_time IS NULL) AS in_force
                 FROM contact_use WHERE submission_id IN (SELECT id FROM sent) GROUP BY submission_id)
             SELECT sent.*, k.submission_id AS key_submission_id, k.digest AS key_digest,
                 (SELECT count(*) FROM finding f WHERE f.submission_id = sent.id) AS findings,
                 coalesce(uses.contacts, 0) AS contacts, coalesce(uses.in_force, 0) AS contacts_in_force
             FROM sent JOIN request_key k USING (request_id, caller) LEFT JOIN uses ON uses.submission_id = sent.id
             ORDER BY sent.application_no, sent.revision",
        )
        .bind(&request_ids)
        .fetch_all(&mut *database)
        .await
        .unwrap();
        let ids: Vec<Uuid> = submissions.iter().map(|row| row.id).collect();
        let parts: Vec<SealedRow> = sqlx::query_as(
            "SELECT submission_id, party_no, wrapped_key, payload FROM sealed WHERE submission_id = ANY($1)",
        )
        .bind(&ids)
        .fetch_all(&mut *database)
        .await
        .unwrap();
        let mut sealed: BTreeMap<Uuid, BTreeMap<i16, Sealed>> = BTreeMap::new();
        for SealedRow { submission_id, party_no, wrapped_key, payload } in parts {
            sealed.entry(submission_id).or_default().insert(party_no, Sealed { wrapped_key, payload });
        }
        let applications: Vec<String> = submissions.iter().map(|row| row.application_no.clone()).collect();
        let heads: Vec<HeadRow> = sqlx::query_as(
            "SELECT application_no, last_revision, current_submission_id FROM application
             WHERE application_no = ANY($1)",
        )
        .bind(&applications)
        .fetch_all(database)
        .await
        .unwrap();
        let heads = heads.into_iter().map(|head| (head.application_no.clone(), head)).collect();
        Self { submissions, sealed, heads }
    }

    /// Checks that the tables hold exactly the requests of `answers`, as they were sent and answered.
    pub fn check(
        &self,
        answers: &BTreeMap<u32, ValidateApplicationResponse>,
        keyring: &Keyring,
        sealer: &Sealer,
    ) {
        assert_eq!(self.submissions.len(), answers.len(), "one submission for each request");
        let by_request: BTreeMap<Uuid, &SubmissionRow> =
            self.submissions.iter().map(|row| (row.request_id, row)).collect();
        for (number, answer) in answers {
            let row = by_request.get(&request_id(*number)).expect("every request has its submission");
            let sent = message(*number).application.unwrap();
            check_submission(row, *number, &sent, answer, keyring);
            check_sealed(&self.open(row.id, sealer), &sent);
        }
        let mut of_application: BTreeMap<&str, Vec<&SubmissionRow>> = BTreeMap::new();
        for row in &self.submissions {
            of_application.entry(&row.application_no).or_default().push(row);
        }
        for (application_no, rows) in of_application {
            check_head(&self.heads[application_no], &rows);
        }
    }

    fn open(&self, submission_id: Uuid, sealer: &Sealer) -> BTreeMap<i16, Payload> {
        let open = |party_no: i16, sealed: &Sealed| {
            let place = Place { table: "sealed", row: submission_id, party_no };
            Payload::decode(&sealer.open(place, sealed).unwrap(), &submission_id).unwrap()
        };
        let parts = &self.sealed[&submission_id];
        parts.iter().map(|(party_no, sealed)| (*party_no, open(*party_no, sealed))).collect()
    }
}

fn request_id(number: u32) -> Uuid {
    message(number).request_id.parse().unwrap()
}

/// The plain columns, the digest and the counts are those of the message and of the answer.
fn check_submission(
    row: &SubmissionRow,
    number: u32,
    sent: &Application,
    answer: &ValidateApplicationResponse,
    keyring: &Keyring,
) {
    assert_eq!(row.id.to_string(), answer.submission_id, "request {number}");
    assert_eq!((i32::from(row.verdict), answer.verdict()), (answer.verdict, verdict(number)), "{row:?}");
    let digest = keyed_digest(&keyring.digest, &[b"request v1", &sent.encode_to_vec()]);
    assert_eq!(
        (&row.request_digest[..], &row.key_digest[..]),
        (&digest[..], &digest[..]),
        "request {number}"
    );
    assert_eq!(row.key_submission_id, row.id);
    assert_eq!((&row.source, &row.application_no), (&sent.source, &application_no(number)));
    assert_eq!((i32::from(row.kind), i32::from(row.channel)), (sent.kind, sent.channel));
    assert_eq!((&*row.branch_code, &*row.caller, row.superseded), (&*sent.branch_code, "test", false));
    assert_eq!(usize::try_from(row.findings).unwrap(), answer.findings.len(), "{row:?}");
    let contacts = if answer.verdict() == Verdict::Accepted { CONTACTS } else { 0 };
    assert_eq!(row.contacts, contacts, "{row:?}");
}

/// What was sealed is what was sent: each person under its number, and every account once.
fn check_sealed(opened: &BTreeMap<i16, Payload>, sent: &Application) {
    let insureds = sent.insureds.iter().map(|insured| insured.person.as_ref().unwrap());
    let people: Vec<&Person> = sent.policyholder.iter().chain(insureds).collect();
    let parties: Vec<i16> = (NOBODY..).take(people.len() + 1).collect();
    assert_eq!(opened.keys().copied().collect::<Vec<_>>(), parties);
    for (payload, person) in opened.values().skip(1).zip(people) {
        let sealed = payload.person.as_ref().unwrap();
        let certificate = person.certificate.as_ref().unwrap();
        let address = person.address.as_ref().unwrap();
        assert_eq!((&sealed.name, &sealed.certificate_number), (&person.name, &certificate.number));
        assert_eq!((&sealed.phones, &sealed.address[4]), (&person.phones, &address.detail));
    }
    let accounts: Vec<(&str, &str)> = opened
        .values()
        .flat_map(|payload| &payload.accounts)
        .map(|account| (account.number.as_str(), account.holder_name.as_str()))
        .collect();
    let sent_accounts: Vec<(&str, &str)> =
        sent.accounts.iter().map(|account| (account.number.as_str(), account.holder_name.as_str())).collect();
    assert_eq!(accounts, sent_accounts);
}

/// Revisions have no gaps; the newest that was not rejected decides what is in force, and only its contacts are.
fn check_head(head: &HeadRow, rows: &[&SubmissionRow]) {
    assert!(rows.len() <= TURNS as usize, "{head:?}");
    let revisions: Vec<i32> = rows.iter().map(|row| row.revision).collect();
    assert_eq!(revisions, (1..=head.last_revision).collect::<Vec<_>>(), "{head:?}");
    let decides = rows.iter().rev().find(|row| row.verdict != Verdict::Rejected as i16);
    let current = decides.filter(|row| row.verdict == Verdict::Accepted as i16).map(|row| row.id);
    assert_eq!(head.current_submission_id, current, "{head:?}");
    for row in rows {
        let in_force = if Some(row.id) == current { CONTACTS } else { 0 };
        assert_eq!(row.contacts_in_force, in_force, "{row:?}");
    }
}
