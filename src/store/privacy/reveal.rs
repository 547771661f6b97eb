//! Revealing: whether it is covered is decided, written down and committed in one transaction, which reads the sealed parties
//! too. Nothing of it is opened before that has been committed.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::{
        Field, Purpose, SecrecyClass, assignment,
        grant::{self, Asked},
        quota::{Kind, Limits},
    },
    coded_enum,
};

use super::{
    Tools, Who,
    grant::facts,
    register,
    row::{self, GrantRow, SubjectIds},
    target::{self, MOST_PARTIES, Target},
    text::{self, NewText},
    usage::{self, TooMuch},
};
use crate::{
    ids,
    security::sealing::Sealed,
    store::{
        Store, StoreError, Tx, audit,
        case::row::{CaseRow, share as share_case},
    },
};

/// How long what was revealed may stay on a screen, in minutes.
pub const SHOWN_MINUTES: i64 = 5;

coded_enum! {
    /// Who asks by phone or at the counter. Append-only.
    EnquirerRole {
        /// 投保人.
        Policyholder = 1,
        /// 被保险人.
        Insured = 2,
        /// 受益人.
        Beneficiary = 3,
    }
}

coded_enum! {
    /// How he was identified. Append-only.
    Identification {
        /// Own identity card and the contract, at the counter.
        CardAndContract = 1,
        /// Answers that agree with the record, from the number on record.
        AnswersAndNumber = 2,
        /// Answers that agree with the record, from another number.
        Answers = 3,
        /// An account on the website that is bound to him.
        OnlineAccount = 4,
    }
}

/// What somebody wants to read.
#[derive(Debug, Clone)]
pub struct NewReveal {
    /// Of whom.
    pub subject: SubjectIds,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// Why, sealed.
    pub reason: NewText,
    /// By which grant; none: by being assigned the case.
    pub grant_id: Option<Uuid>,
    /// Who enquires, and how he was identified.
    pub enquirer: Option<(EnquirerRole, Identification)>,
    /// How much the caller may reveal.
    pub limits: Limits,
    /// From how many customers a day on others are told.
    pub customers_told: u32,
}

/// A party that was found, with what is sealed of it.
#[derive(Debug)]
pub struct Found {
    /// The party.
    pub target: Target,
    /// Of a class that the grant does not reach: nothing of it is here.
    pub withheld: bool,
    /// What is sealed; none if it is withheld, or its key was destroyed.
    pub sealed: Option<Sealed>,
}

/// What became of it.
#[derive(Debug)]
pub enum Answer {
    /// It was written down that these are revealed.
    Revealed {
        /// Names it in the register and the audit log.
        id: Uuid,
        /// The parties.
        found: Vec<Found>,
        /// Until when they may be shown.
        shown_until: DateTime<Utc>,
    },
    /// No such grant, or no such case, within the scope; or nobody there.
    NotFound,
    /// It is not covered. The attempt was written down.
    Denied(&'static str),
    /// More parties than are revealed at once. The attempt was written down, and counts against nothing.
    TooMany {
        /// How many are.
        limit: usize,
        /// How many there are, as far as they were counted.
        actual: usize,
    },
    /// The caller has revealed too much. The attempt was written down.
    TooMuch(TooMuch),
}

/// By what it is covered.
enum Ground {
    Grant(Box<GrantRow>),
    Case(Box<CaseRow>),
}

impl Store {
    /// Reveals `new`, if it is covered.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached: then nothing was revealed.
    pub async fn reveal(&self, tools: Tools, who: Who, new: NewReveal) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                let ground = match ground(tx, &who, &new, now).await? {
                    Ok(ground) => ground,
                    Err(why) => return deny(tx, &tools, &who, &new, why, now).await,
                };
                let targets = target::of(tx, new.subject).await?;
                let of_subject = targets.len();
                let parties = reached(&ground, targets);
                if parties.is_empty() {
                    return deny(tx, &tools, &who, &new, NOBODY, now).await;
                }
                if parties.iter().all(|(_, withheld)| *withheld) {
                    return deny(tx, &tools, &who, &new, CLASSIFIED, now).await;
                }
                let shown = parties.iter().filter(|(_, withheld)| !withheld).count();
                // What can never be revealed whole is not charged for trying.
                if let Some((limit, actual)) = too_many(of_subject, shown, new.limits) {
                    deny(tx, &tools, &who, &new, TOO_MANY_PARTIES, now).await?;
                    return Ok(Answer::TooMany { limit, actual });
                }
                let amount = (Kind::Reveal, u32::try_from(shown).unwrap_or(u32::MAX));
                if let Err(much) = usage::take(tx, &tools, &who, amount, new.limits, now).await? {
                    deny(tx, &tools, &who, &new, QUOTA, now).await?;
                    return Ok(Answer::TooMuch(much));
                }
                let id = ids::mint(now, tools.entropy.as_ref())?;
                let shown_until = shown_until(&ground, now);
                write(tx, &tools, &who, &new, Written { id, parties: &parties, now, shown_until }).await?;
                let found = read(tx, parties).await?;
                Ok(Answer::Revealed { id, found, shown_until })
            })
        })
        .await
    }
}

/// No grant of that id that is the caller's.
pub(super) const NO_GRANT: &str = "NO_GRANT";
/// Neither a grant nor a case was named.
const NO_GROUND: &str = "NO_GROUND";
/// Nobody of the subject is within the ground.
const NOBODY: &str = "NOBODY";
/// Everybody's file is of a class that the ground does not reach.
pub(super) const CLASSIFIED: &str = "CLASSIFIED";
/// More than one person may reveal.
const QUOTA: &str = "QUOTA";
/// More parties than are revealed at once.
const TOO_MANY_PARTIES: &str = "TOO_MANY_PARTIES";
/// The grant was given for another purpose.
const OTHER_PURPOSE: &str = "OTHER_PURPOSE";

/// By what the reveal is covered, or why it is not.
async fn ground(
    tx: &mut Tx,
    who: &Who,
    new: &NewReveal,
    now: DateTime<Utc>,
) -> Result<Result<Ground, &'static str>, StoreError> {
    if let Some(id) = new.grant_id {
        let Some(row) = row::share(tx, id).await? else { return Ok(Err(NO_GRANT)) };
        let asked = Asked { reader: who.code(), subject: new.subject.subject(), fields: &new.fields };
        return Ok(match grant::covers(&row.grant(), &asked, now) {
            Ok(()) if row.purpose == new.purpose => Ok(Ground::Grant(Box::new(row))),
            Ok(()) => Err(OTHER_PURPOSE),
            Err(denied) => Err(grant_name(denied)),
        });
    }
    let (SubjectIds::CaseMember(case_id, _) | SubjectIds::Case(case_id)) = new.subject else {
        return Ok(Err(NO_GROUND));
    };
    // What a case does not show is answered as one that is not his. Nobody submits it, or takes it from him, until what is
    // revealed is written down.
    let Some(row) = share_case(tx, case_id).await? else {
        return Ok(Err(assignment_name(assignment::Denied::NotAssigned)));
    };
    Ok(match assignment::covers(&case(&row), who.code(), &new.fields) {
        Ok(()) => Ok(Ground::Case(Box::new(row))),
        Err(denied) => Err(assignment_name(denied)),
    })
}

fn case(row: &CaseRow) -> assignment::Case<'_> {
    assignment::Case { assignee: row.assignee.as_deref(), state: row.state, channel: row.channel }
}

pub(super) const fn grant_name(denied: grant::Denied) -> &'static str {
    match denied {
        grant::Denied::NotHis => NO_GRANT,
        grant::Denied::NotInForce => "NOT_IN_FORCE",
        grant::Denied::Expired => "EXPIRED",
        grant::Denied::OtherSubject => "OTHER_SUBJECT",
        grant::Denied::OtherFields => "OTHER_FIELDS",
    }
}

const fn assignment_name(denied: assignment::Denied) -> &'static str {
    match denied {
        assignment::Denied::NotAssigned => "NOT_ASSIGNED",
        assignment::Denied::Submitted => "SUBMITTED",
        assignment::Denied::OtherFields => "OTHER_FIELDS",
    }
}

/// How many parties are too many, and how many are asked for: of the subject, of which no more were read, or of those that would be
/// shown, which no minute has room for.
fn too_many(of_subject: usize, shown: usize, limits: Limits) -> Option<(usize, usize)> {
    let at_once = usize::try_from(limits.a_minute.min(limits.a_day)).unwrap_or(usize::MAX);
    if of_subject > MOST_PARTIES {
        return Some((MOST_PARTIES.min(at_once), of_subject));
    }
    (shown > at_once).then_some((at_once, shown))
}

/// The parties that the ground reaches, and whether each is withheld.
fn reached(ground: &Ground, targets: Vec<Target>) -> Vec<(Target, bool)> {
    let within = |target: &Target| match ground {
        Ground::Grant(_) => true,
        // A member of another channel is not the clerk's at all; a classified one is shown as withheld.
        Ground::Case(row) => assignment::reaches(&case(row), target.channel, SecrecyClass::Ordinary),
    };
    let withheld = |target: &Target| match ground {
        Ground::Grant(row) => !grant::reaches(&row.grant(), target.class),
        Ground::Case(row) => !assignment::reaches(&case(row), target.channel, target.class),
    };
    let within = targets.into_iter().filter(within);
    within.map(|target| (target, withheld(&target))).collect()
}

fn shown_until(ground: &Ground, now: DateTime<Utc>) -> DateTime<Utc> {
    let minutes = now + TimeDelta::minutes(SHOWN_MINUTES);
    match ground {
        Ground::Grant(row) => row.end_time.map_or(minutes, |end| end.min(minutes)),
        Ground::Case(_) => minutes,
    }
}

/// A reveal on its way into the register.
struct Written<'a> {
    id: Uuid,
    parties: &'a [(Target, bool)],
    now: DateTime<Utc>,
    shown_until: DateTime<Utc>,
}

/// Writes the reveal and its audit entry.
async fn write(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    new: &NewReveal,
    written: Written<'_>,
) -> Result<(), StoreError> {
    let Written { id, parties, now, shown_until } = written;
    let shown = parties.iter().filter(|(_, withheld)| !withheld);
    let mut customers: Vec<Uuid> = shown.clone().filter_map(|(target, _)| target.customer_id).collect();
    customers.sort_unstable();
    customers.dedup();
    let (kind, customer, submission, party_no, case_id) = new.subject.columns();
    let fields: Vec<i16> = new.fields.iter().map(|field| field.code()).collect();
    let (enquirer, identification) = new.enquirer.unzip();
    sqlx::query!(
        "INSERT INTO reveal (id, actor, office, subject_kind, customer_id, submission_id, party_no, case_id, fields, purpose,
             grant_id, enquirer_role, identification, customer_ids, party_count, reason_text_id, recorded_time, shown_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id,
        who.scope.actor(),
        who.office.code(),
        kind,
        customer,
        submission,
        party_no,
        case_id,
        &fields,
        new.purpose.code(),
        new.grant_id,
        enquirer.map(EnquirerRole::code),
        identification.map(Identification::code),
        &customers,
        i32::try_from(shown.count()).unwrap_or(i32::MAX),
        new.reason.id,
        now,
        shown_until,
    )
    .execute(&mut *tx)
    .await?;
    text::insert(tx, id, who.scope.actor(), &new.reason).await?;
    usage::seen(tx, tools, who, &customers, new.customers_told, now).await?;
    let mut about = [vec![id], new.subject.ids(), new.grant_id.into_iter().collect(), customers].concat();
    let mut seen = std::collections::HashSet::new();
    about.retain(|id| seen.insert(*id));
    let class = parties.iter().map(|(target, _)| target.class).max().unwrap_or(SecrecyClass::Ordinary);
    let mut entry = tools.entry(who.scope.actor(), "REVEAL_FIELDS", new.subject.kind_name(), about, now)?;
    let by = new.grant_id.map_or_else(|| "assignment".to_owned(), |id| id.to_string());
    let enquirer = new.enquirer.map_or_else(String::new, |(role, how)| {
        format!(" enquirer={} identified={}", role.name(), how.name())
    });
    let what = facts(&new.fields, new.purpose, class);
    entry.reason = format!("{what} via={} by={by}{enquirer}", who.identified);
    // The row is under the chain, with what was written about it.
    entry.digest = register::reveal_digest(tx, id).await?;
    audit::append(tx, &entry).await
}

/// Writes that somebody tried, and answers that it is not covered.
async fn deny(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    new: &NewReveal,
    why: &'static str,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    let about = [new.subject.ids(), new.grant_id.into_iter().collect()].concat();
    let mut entry = tools.entry(who.scope.actor(), "REVEAL_REFUSED", new.subject.kind_name(), about, now)?;
    entry.reason = format!("{} why={why}", facts(&new.fields, new.purpose, SecrecyClass::Ordinary));
    audit::append(tx, &entry).await?;
    Ok(Answer::Denied(why))
}

/// What is sealed of the parties that are not withheld.
async fn read(tx: &mut Tx, parties: Vec<(Target, bool)>) -> Result<Vec<Found>, StoreError> {
    let wanted = parties.iter().filter(|(_, withheld)| !withheld).map(|(target, _)| target);
    let (submissions, numbers): (Vec<Uuid>, Vec<i16>) =
        wanted.map(|target| (target.submission_id, target.party_no)).unzip();
    let rows = sqlx::query!(
        r#"SELECT s.submission_id, s.party_no, s.wrapped_key AS "wrapped_key!", s.payload
           FROM sealed s
           JOIN UNNEST($1::uuid[], $2::smallint[]) AS wanted (submission_id, party_no) USING (submission_id, party_no)
           WHERE s.submission_id = ANY($1) AND s.wrapped_key IS NOT NULL AND NOT s.restricted"#,
        &submissions,
        &numbers,
    )
    .fetch_all(tx)
    .await?;
    let mut sealed: std::collections::HashMap<_, _> = rows
        .into_iter()
        .map(|row| {
            let sealed = Sealed { wrapped_key: row.wrapped_key, payload: row.payload };
            ((row.submission_id, row.party_no), sealed)
        })
        .collect();
    let found = parties.into_iter().map(|(target, withheld)| Found {
        sealed: sealed.remove(&(target.submission_id, target.party_no)),
        target,
        withheld,
    });
    Ok(found.collect())
}
