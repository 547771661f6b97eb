//! What is held of a person, as far as a legal period goes by it: policies, applications, cases, the directory.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind, Term},
    policy::PolicyCondition,
    retention::{Class, Holding},
    shanghai,
    verdict::Verdict,
};

use super::person::{Person, cases, directory, sealed_parties};
use crate::{
    ids,
    store::{
        StoreError, Tx,
        codes::Coded as _,
        policy_event::{PolicyFacts, facts},
    },
};

/// Everything that is held of `person` at `now`.
pub(super) async fn holdings(
    tx: &mut Tx,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Vec<Holding>, StoreError> {
    let mut held = policies(tx, person, now).await?;
    held.extend(submissions(tx, person).await?);
    held.extend(followed_up(tx, person).await?);
    held.extend(entries(tx, person).await?);
    Ok(held)
}

/// The policies of the applications that he is or was a party of.
async fn policies(tx: &mut Tx, person: &Person, now: DateTime<Utc>) -> Result<Vec<Holding>, StoreError> {
    let Some(customer_id) = person.customer_id else { return Ok(Vec::new()) };
    let applications = sqlx::query!(
        "SELECT a.id, a.source, a.policy_no, a.original_application_no
         FROM application a WHERE a.id IN (SELECT application_id FROM application_party WHERE customer_id = $1)
         ORDER BY a.id",
        customer_id,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut held = Vec::with_capacity(applications.len());
    for row in applications {
        // A servicing change or claim stands with the contract that it belongs to.
        let contract = if row.original_application_no.is_empty() {
            row.id
        } else {
            ids::application_id(&ApplicationKey {
                source: row.source,
                kind: ApplicationKind::NewBusiness,
                application_no: row.original_application_no,
            })
        };
        let known = facts(tx, Some(contract), row.policy_no, now).await?;
        held.push(of_policy(&known, now));
    }
    Ok(held)
}

fn of_policy(known: &PolicyFacts, now: DateTime<Utc>) -> Holding {
    let standing = &known.standing;
    let ended = standing.ended_time.map(shanghai::date);
    match standing.condition {
        PolicyCondition::Declined | PolicyCondition::NotTakenUp => {
            Holding { class: Class::NotTakenUp, ended_on: ended }
        }
        PolicyCondition::Surrendered | PolicyCondition::Cancelled => {
            Holding { class: Class::EndedPolicy, ended_on: ended }
        }
        PolicyCondition::InForce => {
            let over = standing.issued_time.and_then(|issued| end_of_term(known, shanghai::date(issued)));
            match over.filter(|over| *over < shanghai::date(now)) {
                Some(over) => Holding { class: Class::EndedPolicy, ended_on: Some(over) },
                None => Holding { class: Class::InUse, ended_on: None },
            }
        }
        PolicyCondition::UnderWay => Holding { class: Class::InUse, ended_on: None },
    }
}

/// Last day of a term that is told in years, months or days; until an age or for life nobody can tell it without reading.
fn end_of_term(known: &PolicyFacts, issued: NaiveDate) -> Option<NaiveDate> {
    let contract = known.heads.iter().find(|head| head.kind == ApplicationKind::NewBusiness)?;
    match contract.product.term? {
        Term::Years(years) => issued.checked_add_months(Months::new(years.checked_mul(12)?)),
        Term::Months(months) => issued.checked_add_months(Months::new(months)),
        Term::Days(days) => issued.checked_add_days(Days::new(days.into())),
        Term::ToAge(_) | Term::WholeLife => None,
    }
}

/// What never came into force: by the newest submission of each class.
async fn submissions(tx: &mut Tx, person: &Person) -> Result<Vec<Holding>, StoreError> {
    let parties = sealed_parties(tx, person).await?;
    let submission_ids: Vec<Uuid> = parties.into_iter().map(|(submission_id, _)| submission_id).collect();
    let rows = sqlx::query!(
        r#"SELECT verdict, superseded, max(recorded_time) AS "recorded_time!" FROM submission
           WHERE id = ANY($1) GROUP BY verdict, superseded"#,
        &submission_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut newest: BTreeMap<Class, NaiveDate> = BTreeMap::new();
    for row in rows {
        let class = match Verdict::from_number(row.verdict, "retention")? {
            // In force: it stands with its policy.
            Verdict::Accepted if !row.superseded => continue,
            Verdict::Accepted | Verdict::Rejected => Class::Rejected,
            Verdict::NotApplicable => Class::NotTakenUp,
        };
        let day = shanghai::date(row.recorded_time);
        newest.entry(class).and_modify(|known| *known = day.max(*known)).or_insert(day);
    }
    Ok(newest.into_iter().map(|(class, day)| Holding { class, ended_on: Some(day) }).collect())
}

/// His cases: open ones go on, others hold evidence from their end.
async fn followed_up(tx: &mut Tx, person: &Person) -> Result<Vec<Holding>, StoreError> {
    let ids = cases(tx, person).await?;
    let rows = sqlx::query!(
        r#"SELECT state < 6 AS "open!", COALESCE(closed_time, changed_time) AS "ended_time!"
           FROM case_file WHERE id = ANY($1)"#,
        &ids,
    )
    .fetch_all(tx)
    .await?;
    let holding = |open: bool, ended: DateTime<Utc>| {
        if open {
            in_use()
        } else {
            Holding { class: Class::Evidence, ended_on: Some(shanghai::date(ended)) }
        }
    };
    Ok(rows.into_iter().map(|row| holding(row.open, row.ended_time)).collect())
}

/// Entries of the directory that are he himself.
async fn entries(tx: &mut Tx, person: &Person) -> Result<Vec<Holding>, StoreError> {
    let mut held = Vec::new();
    for (kind, code) in directory(tx, person).await? {
        let row = sqlx::query!(
            "SELECT active, changed_time FROM directory_entry WHERE kind = $1 AND code = $2",
            entry_kind(kind),
            code,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { continue };
        let former = Holding { class: Class::FormerSeller, ended_on: Some(shanghai::date(row.changed_time)) };
        held.push(if row.active { in_use() } else { former });
    }
    Ok(held)
}

/// Something that goes on.
const fn in_use() -> Holding {
    Holding { class: Class::InUse, ended_on: None }
}

/// The kind of entry that an owner of contacts is: sellers and staff are persons.
pub(super) const fn entry_kind(owner_kind: i16) -> i16 {
    match owner_kind {
        1 => 4,
        _ => 5,
    }
}
