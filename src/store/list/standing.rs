//! What became, at the cut, of the policies of the applications that a chunk looks at closely.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    call_back::due_date,
    cooling_off::{Sale, last_day},
    policy::{PolicyBook, PolicyNames, PolicyStanding},
    profile::Profile,
};

use super::{OpenList, uses::UseRow};
use crate::store::{
    StoreError, Tx,
    codes::Coded as _,
    policy_event::{policy_events_before, policy_names},
    product::{Columns, ProductRow},
};

/// What became of the policy of an application, as far as a list looks at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Surrendered, cancelled, declined or not taken up.
    pub(super) ended: bool,
    /// When it was recorded that the policy is in force again.
    pub(super) reinstated_time: Option<DateTime<Utc>>,
    /// The day by which the call-back is to be made, while it is not done.
    pub(super) call_back: Option<NaiveDate>,
}

/// What became of the policies of the applications, by application.
pub(super) async fn standings(
    tx: &mut Tx,
    list: &OpenList,
    profile: &Profile,
    uses: &[UseRow],
) -> Result<HashMap<Uuid, Standing>, StoreError> {
    let names: HashMap<Uuid, PolicyNames> = uses
        .iter()
        .map(|used| {
            let (id, original) = (used.application_id, used.original_application_no.as_str());
            (id, policy_names(id, &used.source, original, &used.policy_no))
        })
        .collect();
    let ids: BTreeSet<Uuid> =
        names.values().flat_map(|names| names.application_ids.iter().copied().map(Uuid::from_u128)).collect();
    let numbers: BTreeSet<String> =
        names.values().flat_map(|names| names.policy_nos.iter().cloned()).collect();
    let (ids, numbers): (Vec<Uuid>, Vec<String>) = (ids.into_iter().collect(), numbers.into_iter().collect());
    let events = policy_events_before(tx, &ids, &numbers, list.cut_time).await?;
    let book = PolicyBook::new(events.into_iter().map(Into::into).collect());
    let known: Vec<(Uuid, PolicyNames, PolicyStanding)> = names
        .into_iter()
        .map(|(id, names)| {
            let standing = book.standing(&names);
            (id, names, standing)
        })
        .collect();
    let asked: Vec<Uuid> = known
        .iter()
        .filter(|(_, _, standing)| standing.receipt_date.is_some() && standing.cooling_off_end_date.is_none())
        .flat_map(|(_, names, _)| names.application_ids.iter().copied().map(Uuid::from_u128))
        .collect();
    let sales = sales(tx, list, &asked).await?;
    Ok(known
        .into_iter()
        .map(|(id, names, standing)| {
            let end = cooling_off_end(profile, &sales, &names, &standing);
            let known = Standing {
                ended: !standing.condition.counts(),
                reinstated_time: standing.reinstated_time,
                call_back: due_date(&standing, end),
            };
            (id, known)
        })
        .collect())
}

/// The last day of cooling-off of the policy that goes by `names`: the core's own, else by the table and the product of the
/// contract, which is named last; without a receipt there is none.
fn cooling_off_end(
    profile: &Profile,
    sales: &HashMap<Uuid, Sale>,
    names: &PolicyNames,
    standing: &PolicyStanding,
) -> Option<NaiveDate> {
    let receipt_date = standing.receipt_date?;
    if standing.cooling_off_end_date.is_some() {
        return standing.cooling_off_end_date;
    }
    let contract = names.application_ids.iter().rev().find_map(|id| sales.get(&Uuid::from_u128(*id)))?;
    Some(last_day(None, receipt_date, profile.cooling_off_days(*contract, receipt_date)))
}

/// What each of the applications sold, by its newest revision before the cut that was accepted.
async fn sales(
    tx: &mut Tx,
    list: &OpenList,
    application_ids: &[Uuid],
) -> Result<HashMap<Uuid, Sale>, StoreError> {
    if application_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "SELECT DISTINCT ON (application_id) application_id, id, channel, product_class, term_unit, term_length
         FROM submission
         WHERE application_id = ANY($1) AND recorded_time < $2 AND verdict = 1 AND NOT superseded
         ORDER BY application_id, revision DESC",
        application_ids,
        list.cut_time,
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
            Ok((row.application_id, product.sale(Channel::from_number(row.channel, row.id)?)))
        })
        .collect()
}
