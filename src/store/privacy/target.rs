//! Which parties a subject stands for just now, and how secret their files are.

use uuid::Uuid;
use zhenshi_domain::{access::SecrecyClass, application::Channel, party::Role};

use super::row::{SubjectIds, class};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Most parties of one reveal.
pub const MOST_PARTIES: usize = 50;
/// One more is read, so that more are noticed.
const LIMIT: i64 = 51;

/// A party that a subject stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its customer; none if it was never in force and nothing of the same certificate was.
    pub customer_id: Option<Uuid>,
    /// Submission.
    pub submission_id: Uuid,
    /// Number of the party.
    pub party_no: i16,
    /// Role.
    pub role: Role,
    /// Channel of the application.
    pub channel: Channel,
    /// Class of the customer's file.
    pub class: SecrecyClass,
}

struct Raw {
    customer_id: Option<Uuid>,
    submission_id: Uuid,
    party_no: i16,
    role: i16,
    channel: i16,
    class: Option<i16>,
}

impl TryFrom<Raw> for Target {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let id = raw.submission_id;
        Ok(Self {
            customer_id: raw.customer_id,
            submission_id: id,
            party_no: raw.party_no,
            role: Role::from_number(raw.role, id)?,
            channel: Channel::from_number(raw.channel, id)?,
            class: class(raw.class, id)?,
        })
    }
}

/// The parties of `subject` that the scope shows, newest first; at most one more than [`MOST_PARTIES`]. None of them: there is
/// no such subject.
pub(in crate::store) async fn of(tx: &mut Tx, subject: SubjectIds) -> Result<Vec<Target>, StoreError> {
    let raws = match subject {
        SubjectIds::Customer(customer) => of_customer(tx, customer).await?,
        SubjectIds::Party(submission, party_no) => of_party(tx, submission, party_no).await?,
        SubjectIds::CaseMember(case, customer) => of_case(tx, case, Some(customer)).await?,
        SubjectIds::Case(case) => of_case(tx, case, None).await?,
    };
    raws.into_iter().map(Target::try_from).collect()
}

async fn of_customer(tx: &mut Tx, customer: Uuid) -> Result<Vec<Raw>, StoreError> {
    let raws = sqlx::query_as!(
        Raw,
        r#"SELECT p.customer_id AS "customer_id?", p.submission_id, p.party_no, p.role, a.channel, c.class AS "class?"
           FROM application_party AS p
           JOIN application AS a ON a.id = p.application_id
           LEFT JOIN customer_class AS c ON c.customer_id = p.customer_id
           WHERE p.customer_id = $1 AND p.ended_time IS NULL
           ORDER BY p.submission_id DESC, p.party_no LIMIT $2"#,
        customer,
        LIMIT,
    )
    .fetch_all(tx)
    .await?;
    Ok(raws)
}

/// A party of any submission, rejected ones included: its customer is then the one whose certificate has the same fingerprint.
async fn of_party(tx: &mut Tx, submission: Uuid, party_no: i16) -> Result<Vec<Raw>, StoreError> {
    let raws = sqlx::query_as!(
        Raw,
        r#"WITH party AS (
               SELECT s.submission_id, s.party_no, s.role, s.epoch, s.subject_fingerprint, m.channel, m.application_id
               FROM sealed AS s JOIN submission AS m ON m.id = s.submission_id
               WHERE s.submission_id = $1 AND s.party_no = $2 AND s.role > 0 AND m.id = $1
           ), known AS (
               SELECT COALESCE(
                   (SELECT p.customer_id FROM application_party AS p
                    WHERE p.application_id = party.application_id AND p.submission_id = $1 AND p.party_no = $2),
                   (SELECT k.customer_id FROM customer_key AS k
                    WHERE k.epoch = party.epoch AND k.fingerprint = party.subject_fingerprint)) AS customer_id
               FROM party
           )
           SELECT known.customer_id AS "customer_id?", party.submission_id, party.party_no, party.role, party.channel,
                  c.class AS "class?"
           FROM party CROSS JOIN known LEFT JOIN customer_class AS c ON c.customer_id = known.customer_id"#,
        submission,
        party_no,
    )
    .fetch_all(tx)
    .await?;
    Ok(raws)
}

async fn of_case(tx: &mut Tx, case: Uuid, customer: Option<Uuid>) -> Result<Vec<Raw>, StoreError> {
    let raws = sqlx::query_as!(
        Raw,
        r#"SELECT m.customer_id AS "customer_id?", m.submission_id, m.party_no, m.role, m.channel, c.class AS "class?"
           FROM case_member AS m LEFT JOIN customer_class AS c ON c.customer_id = m.customer_id
           WHERE m.case_id = $1 AND ($2::uuid IS NULL OR m.customer_id = $2)
           ORDER BY m.submission_id DESC, m.party_no LIMIT $3"#,
        case,
        customer,
        LIMIT,
    )
    .fetch_all(tx)
    .await?;
    Ok(raws)
}
