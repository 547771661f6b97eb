//! What is known, at the cut, about the customers, applications and sellers that a chunk looks at closely.

use std::collections::{BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use uuid::Uuid;
use zhenshi_domain::{
    application::Relation,
    suspicion::{CustomerId, NameKey, Owner, excuse::Pairs, priority::SELLER_HISTORY_DAYS},
};

use super::{
    OpenList,
    uses::{Range, UseRow},
};
use crate::store::{
    StoreError, Tx,
    codes::Coded as _,
    directory::contacts::{
        DirectoryContactRow, Owner as OwnerName, PersonPrint, directory_contacts_before, directory_persons,
    },
    record::Key,
};

/// Surrogate of a customer as the rules see it.
pub(super) fn customer(id: Uuid) -> CustomerId {
    CustomerId(id.as_u128())
}

/// An insured of an application in force.
struct Insured {
    application: (Uuid, Uuid),
    customer_id: Uuid,
    relation: Option<Relation>,
    holder_id: Uuid,
}

/// Which of the customers are declared spouse, parent or child by an application in force.
///
/// Spouse and child of one policyholder are parent and child by the same declaration.
pub(super) async fn family(tx: &mut Tx, list: &OpenList, uses: &[UseRow]) -> Result<Pairs, StoreError> {
    let customers: Vec<Uuid> =
        uses.iter().map(|used| used.customer_id).collect::<BTreeSet<_>>().into_iter().collect();
    let rows = sqlx::query!(
        r#"SELECT insured.application_id, insured.submission_id, insured.customer_id, insured.relation,
                  holder.customer_id AS holder_id
           FROM application_party AS insured
           JOIN application_party AS holder
               ON holder.application_id = insured.application_id AND holder.submission_id = insured.submission_id
               AND holder.party_no = 0
           WHERE insured.customer_id = ANY($1) AND insured.role = 2
               AND insured.recorded_time < $2 AND (insured.ended_time IS NULL OR insured.ended_time >= $2)"#,
        &customers,
        list.cut_time,
    )
    .fetch_all(tx)
    .await?;
    let mut insureds = Vec::with_capacity(rows.len());
    for row in rows {
        let relation =
            row.relation.map(|relation| Relation::from_number(relation, row.submission_id)).transpose()?;
        insureds.push(Insured {
            application: (row.application_id, row.submission_id),
            customer_id: row.customer_id,
            relation,
            holder_id: row.holder_id,
        });
    }
    Ok(related(&insureds))
}

fn related(insureds: &[Insured]) -> Pairs {
    let mut pairs = Pairs::default();
    let mut by_application: HashMap<(Uuid, Uuid), Vec<&Insured>> = HashMap::new();
    for insured in insureds {
        if matches!(insured.relation, Some(Relation::Spouse | Relation::Parent | Relation::Child)) {
            pairs.insert(customer(insured.holder_id), customer(insured.customer_id));
            by_application.entry(insured.application).or_default().push(insured);
        }
    }
    for family in by_application.values() {
        for spouse in family.iter().filter(|insured| insured.relation == Some(Relation::Spouse)) {
            for child in family.iter().filter(|insured| insured.relation == Some(Relation::Child)) {
                pairs.insert(customer(spouse.customer_id), customer(child.customer_id));
            }
        }
    }
    pairs
}

/// Pairs that a verified case has cleared, by value.
pub(super) async fn cleared(
    tx: &mut Tx,
    list: &OpenList,
    values: &[Uuid],
) -> Result<HashMap<Uuid, Pairs>, StoreError> {
    let rows = sqlx::query!(
        "SELECT clue_value_id, low_customer_id, high_customer_id FROM cleared_relation
         WHERE clue_value_id = ANY($1) AND cleared_time < $2 AND (ended_time IS NULL OR ended_time >= $2)",
        values,
        list.cut_time,
    )
    .fetch_all(tx)
    .await?;
    let mut cleared: HashMap<Uuid, Pairs> = HashMap::new();
    for row in rows {
        cleared
            .entry(row.clue_value_id)
            .or_default()
            .insert(customer(row.low_customer_id), customer(row.high_customer_id));
    }
    Ok(cleared)
}

/// Whose contact a value is.
pub(super) struct OwnerRow {
    pub(super) fingerprint: Uuid,
    pub(super) name: OwnerName,
    pub(super) owner: Owner,
}

/// The sellers, agencies and members of staff whose contacts the values are, in a fixed order.
pub(super) async fn owners(
    tx: &mut Tx,
    list: &OpenList,
    range: Range,
    values: &[Uuid],
) -> Result<Vec<OwnerRow>, StoreError> {
    let key = |fingerprint: &Uuid| Key { epoch: range.epoch, clue: range.clue, fingerprint: *fingerprint };
    let keys: Vec<Key> = values.iter().map(key).collect();
    let contacts = directory_contacts_before(tx, &keys, list.cut_time).await?;
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let name = |row: &DirectoryContactRow| OwnerName { kind: row.owner_kind, code: row.owner_code.clone() };
    let names: Vec<OwnerName> = contacts.iter().map(name).collect();
    let persons = directory_persons(tx, &names, range.epoch, list.cut_time).await?;
    let customers = customers_of(tx, persons.values()).await?;
    Ok(contacts
        .iter()
        .map(|row| {
            let person = persons.get(&name(row));
            let certificate = person.and_then(|person| Some((person.epoch, person.certificate?)));
            let owner = Owner {
                customers: certificate
                    .map(|certificate| customers.get(&certificate).copied().into_iter().collect()),
                name: person.and_then(|person| person.name).map(|name| NameKey(name.as_u128())),
                fresh: row.recorded_time >= list.previous_cut_time,
            };
            OwnerRow { fingerprint: row.key.fingerprint, name: name(row), owner }
        })
        .collect())
}

/// Which customers have the certificates of `persons`.
async fn customers_of(
    tx: &mut Tx,
    persons: impl Iterator<Item = &PersonPrint>,
) -> Result<HashMap<(i16, Uuid), CustomerId>, StoreError> {
    let certificates: BTreeSet<(i16, Uuid)> =
        persons.filter_map(|person| Some((person.epoch, person.certificate?))).collect();
    let (epochs, fingerprints): (Vec<i16>, Vec<Uuid>) = certificates.into_iter().unzip();
    let rows = sqlx::query!(
        "SELECT key.epoch, key.fingerprint, key.customer_id
         FROM UNNEST($1::smallint[], $2::uuid[]) AS asked (epoch, fingerprint)
         JOIN customer_key AS key USING (epoch, fingerprint)",
        &epochs,
        &fingerprints,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.epoch, row.fingerprint), customer(row.customer_id))).collect())
}

/// Earlier suspicions by seller: of the daily lists of the year before.
pub(super) async fn seller_history(
    tx: &mut Tx,
    list: &OpenList,
    sellers: &[String],
) -> Result<HashMap<String, i64>, StoreError> {
    let since = list.list_date.checked_sub_days(Days::new(SELLER_HISTORY_DAYS)).unwrap_or(NaiveDate::MIN);
    let rows = sqlx::query!(
        r#"SELECT member.seller_code, count(DISTINCT member.suspicion_id) AS "suspicions!"
           FROM suspicion_member AS member
           JOIN suspicion ON suspicion.id = member.suspicion_id
           JOIN suspicion_list AS earlier ON earlier.id = suspicion.list_id
           WHERE member.seller_code = ANY($1) AND earlier.kind = 1
               AND earlier.list_date >= $2 AND earlier.list_date < $3
           GROUP BY member.seller_code"#,
        sellers,
        since,
        list.list_date,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.seller_code, row.suspicions)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insured(application: u128, customer_id: u128, relation: Relation, holder: u128) -> Insured {
        Insured {
            application: (Uuid::from_u128(application), Uuid::from_u128(application)),
            customer_id: Uuid::from_u128(customer_id),
            relation: Some(relation),
            holder_id: Uuid::from_u128(holder),
        }
    }

    #[test]
    fn declared_relatives_are_pairs_and_spouse_and_child_of_one_application_too() {
        let pairs = related(&[
            insured(1, 11, Relation::Spouse, 10),
            insured(1, 12, Relation::Child, 10),
            insured(1, 13, Relation::Child, 10),
            insured(2, 21, Relation::Child, 20),
            insured(2, 22, Relation::Other, 20),
            insured(2, 23, Relation::Oneself, 20),
        ]);
        let holds = |a: u128, b: u128| pairs.contains(CustomerId(a), CustomerId(b));
        assert!(holds(10, 11) && holds(12, 10) && holds(11, 12) && holds(13, 11) && holds(20, 21));
        // Grown-up brothers and sisters, others, and strangers.
        assert!(!holds(12, 13) && !holds(20, 22) && !holds(20, 23) && !holds(11, 21) && !holds(10, 20));
    }
}
