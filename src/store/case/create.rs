//! A doubt about one customer becomes a case: of a call-back, an enquiry, a servicing change, a claim, or customer care.

use chrono::NaiveTime;
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    calendar::Calendar,
    case::{CallBackDoubt, CaseSource},
    shanghai,
};

use super::{
    Answer, CaseEventKind, Change, EventData,
    attach::Member,
    change::{self, Command, Tools},
    members,
    opening::{Opening, customers_key},
    request::{self, RequestKey, Used},
    row,
    text::{self, NewText},
};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// A doubt, as it is reported.
#[derive(Debug, Clone)]
pub struct NewDoubt {
    /// Where it came from.
    pub source: CaseSource,
    /// What the call-back met.
    pub doubt: Option<CallBackDoubt>,
    /// An accepted submission of the application.
    pub submission_id: Uuid,
    /// The party in doubt.
    pub party_no: i16,
    /// Time of day in Asia/Shanghai at which sorting ends.
    pub release_at: NaiveTime,
    /// Why; sealed.
    pub reason: NewText,
    /// Idempotency key.
    pub request: RequestKey,
}

impl Store {
    /// Makes a case of a doubt; it is sorted until the hour strikes next on a working day.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn create_case(&self, tools: Tools, scope: Scope, new: NewDoubt) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                match request::find(tx, scope.actor(), &new.request).await? {
                    Some(Used::Here { case_ids, .. }) => {
                        let Some(id) = case_ids.first() else { return Ok(Answer::NotFound) };
                        let case = row::read(tx, *id).await?;
                        let done = |case| Answer::Done { case: Box::new(case), made_id: None };
                        return Ok(case.map_or(Answer::NotFound, done));
                    }
                    Some(Used::Elsewhere) => return Ok(Answer::Reused),
                    None => {}
                }
                let Some(member) = party(tx, &scope, &new).await? else { return Ok(Answer::NotFound) };
                let change = opened(tx, &tools, &scope, &new, &member).await?;
                let id = change.case.id;
                let done = change::finish_all(tx, &tools, vec![change]).await?.pop();
                members::add_members(tx, &[(id, &member)], tools.clock.now()).await?;
                text::insert(tx, id, &new.reason).await?;
                Ok(done.map_or(Answer::NotFound, |case| Answer::Done { case: Box::new(case), made_id: None }))
            })
        })
        .await
    }
}

async fn opened(
    tx: &mut Tx,
    tools: &Tools,
    scope: &Scope,
    new: &NewDoubt,
    member: &Member,
) -> Result<Change, StoreError> {
    let now = tools.clock.now();
    let today = shanghai::date(now);
    let id = ids::mint(now, tools.entropy.as_ref())?;
    let numbers = row::numbers(tx, today, 1).await?;
    let mut case = Opening {
        id,
        case_no: numbers.into_iter().next().unwrap_or_default(),
        source: new.source,
        doubt: new.doubt,
        list_id: None,
        channel: member.channel,
        branch_code: member.branch_code.clone(),
        release_time: next_hour(&tools.calendar, now, new.release_at),
        created_by: scope.actor().to_owned(),
        now,
    }
    .row();
    // Its release is counted anew by another.
    case.calendar_version.clone_from(&tools.calendar_version);
    case.customers_key = customers_key(&[member.customer_id].into_iter().collect(), false);
    case.add([], [member.seller_code.as_str()], [member.agency_code.as_str()]);
    let command =
        Command { case_id: id, etag: None, request: Some(new.request.clone()), action: "CREATE_CASE" };
    let mut change = Change::of(case, now, scope.clone(), command);
    change.tell(CaseEventKind::Created, EventData::none().number("source", new.source.code()));
    change.explain(new.reason.id);
    Ok(change)
}

/// When the clock next strikes `release_at` on a working day.
pub(super) fn next_hour(
    calendar: &Calendar,
    now: chrono::DateTime<chrono::Utc>,
    release_at: NaiveTime,
) -> chrono::DateTime<chrono::Utc> {
    /// No holiday is longer.
    const MOST_DAYS: usize = 30;
    let days = shanghai::date(now).iter_days().take(MOST_DAYS);
    let strikes = days
        .filter(|day| calendar.provisional_is_working_day(*day).value)
        .map(|day| shanghai::at(day, release_at));
    strikes.into_iter().find(|time| *time > now).unwrap_or(now)
}

/// The party in doubt, if the submission was accepted and its application is within `scope`.
async fn party(tx: &mut Tx, scope: &Scope, new: &NewDoubt) -> Result<Option<Member>, StoreError> {
    let row = sqlx::query!(
        "SELECT p.customer_id, p.application_id, p.submission_id, p.party_no, p.role, a.source, a.channel, a.branch_code,
             a.seller_code, a.agency_code, a.policy_no
         FROM application_party p JOIN application a ON a.id = p.application_id
         WHERE p.submission_id = $1 AND p.party_no = $2",
        new.submission_id,
        new.party_no,
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let channel = Channel::from_number(row.channel, row.application_id)?;
    if !scope.allows_application(&row.source, channel, &row.branch_code) {
        return Ok(None);
    }
    Ok(Some(Member {
        customer_id: row.customer_id,
        application_id: row.application_id,
        submission_id: row.submission_id,
        party_no: row.party_no,
        role: row.role,
        channel,
        branch_code: row.branch_code,
        seller_code: row.seller_code,
        agency_code: row.agency_code,
        policy_no: row.policy_no,
    }))
}
