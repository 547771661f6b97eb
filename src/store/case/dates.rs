//! The dates that the policies of a case's applications set: call-backs and the ends of cooling-off, for many cases at once.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    cooling_off::Sale,
    deadline::ApplicationDates,
    policy::{PolicyBook, PolicyNames},
    profile::Profile,
};

use super::CaseRow;
use crate::store::{
    StoreError, Tx,
    codes::Coded as _,
    policy_event::{policy_events_before, policy_names},
    product::{Columns, ProductRow},
};

/// An application of a case.
struct Member {
    case_id: Uuid,
    application_id: Uuid,
    channel: Channel,
    names: PolicyNames,
}

/// The dates of the applications of `cases`, by case.
pub(in crate::store) async fn dates(
    tx: &mut Tx,
    cases: &[&CaseRow],
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<ApplicationDates>>, StoreError> {
    let created: HashMap<Uuid, DateTime<Utc>> =
        cases.iter().map(|case| (case.id, case.created_time)).collect();
    let members = members(tx, &created.keys().copied().collect::<Vec<_>>()).await?;
    let ids: BTreeSet<Uuid> = members.iter().flat_map(|member| named_ids(&member.names)).collect();
    let nos: BTreeSet<String> =
        members.iter().flat_map(|member| member.names.policy_nos.iter().cloned()).collect();
    let (ids, nos): (Vec<Uuid>, Vec<String>) = (ids.into_iter().collect(), nos.into_iter().collect());
    // Everything that is recorded, whichever replica's clock stamped it.
    let cut = now + TimeDelta::days(1);
    let events = policy_events_before(tx, &ids, &nos, cut).await?;
    let sales = if events.is_empty() { HashMap::new() } else { sales(tx, &ids).await? };
    let book = PolicyBook::new(events.into_iter().map(Into::into).collect());

    let mut found: HashMap<Uuid, Vec<ApplicationDates>> = HashMap::new();
    for member in members {
        let Some(created_time) = created.get(&member.case_id) else { continue };
        // The contract is named last; where it is not known, no line for a class matches, and the earlier end holds.
        let sale = named_ids(&member.names).rev().find_map(|id| sales.get(&id).copied());
        let sale = sale.unwrap_or(Sale { channel: member.channel, class: None, over_one_year: false });
        let standing = book.standing(&member.names);
        let id = member.application_id.as_u128();
        let dates = ApplicationDates::of(id, &standing, sale, profile, *created_time);
        found.entry(member.case_id).or_default().extend(dates);
    }
    Ok(found)
}

fn named_ids(names: &PolicyNames) -> impl DoubleEndedIterator<Item = Uuid> + '_ {
    names.application_ids.iter().copied().map(Uuid::from_u128)
}

async fn members(tx: &mut Tx, case_ids: &[Uuid]) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT member.case_id, member.application_id, member.channel, member.policy_no,
               COALESCE(head.source, '') AS "source!",
               COALESCE(head.original_application_no, '') AS "original_application_no!",
               COALESCE(head.policy_no, '') AS "head_policy_no!"
           FROM case_member AS member LEFT JOIN application AS head ON head.id = member.application_id
           WHERE member.case_id = ANY($1)
           ORDER BY member.case_id, member.application_id"#,
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let mut names =
                policy_names(row.application_id, &row.source, &row.original_application_no, &row.policy_no);
            if !row.head_policy_no.is_empty() && !names.policy_nos.contains(&row.head_policy_no) {
                names.policy_nos.push(row.head_policy_no);
            }
            Ok(Member {
                case_id: row.case_id,
                application_id: row.application_id,
                channel: Channel::from_number(row.channel, row.case_id)?,
                names,
            })
        })
        .collect()
}

/// What each of the applications sold, by the submission in force or else by the newest.
async fn sales(tx: &mut Tx, application_ids: &[Uuid]) -> Result<HashMap<Uuid, Sale>, StoreError> {
    let rows = sqlx::query!(
        "SELECT head.id, head.channel, stated.product_class, stated.term_unit, stated.term_length
         FROM application AS head
         LEFT JOIN LATERAL (
             SELECT product_class, term_unit, term_length FROM submission
             WHERE application_id = head.id
             ORDER BY (id = head.current_submission_id) DESC NULLS LAST, id DESC LIMIT 1
         ) AS stated ON true
         WHERE head.id = ANY($1)",
        application_ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let product = ProductRow::read(
                Columns {
                    product_class: row.product_class,
                    term_unit: row.term_unit,
                    term_length: row.term_length,
                },
                row.id,
            )?;
            Ok((row.id, product.sale(Channel::from_number(row.channel, row.id)?)))
        })
        .collect()
}
