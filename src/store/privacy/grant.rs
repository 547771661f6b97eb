//! Requests for access: made, decided on, ended. Each is one transaction with its audit entry.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::{
        Field, Purpose, SecrecyClass,
        approval::{self, AccessState, Refusal},
    },
    application::Channel,
};

use super::{
    Tools, Who, loan,
    register::grant_digest,
    request::{self, Used},
    row::{self, AccessKind, GrantRow, OutsiderDocument, SubjectIds},
    target,
    text::{self, NewText},
};
use crate::{
    ids,
    security::sealing::Sealer,
    store::{Store, StoreError, Tx, audit, case::request::RequestKey, codes::Coded as _},
};

/// What an audit entry about a grant is about.
pub(super) const SUBJECT: &str = "access_grant";

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Whether to look at or to take away.
    pub kind: AccessKind,
    /// To what.
    pub subject: SubjectIds,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// For how many calendar days: 1 to 3.
    pub days: u8,
    /// How many copies are taken away; 1 to look at.
    pub copies: i16,
    /// Why, sealed.
    pub reason: NewText,
    /// Who of another house will look: by what he is registered, and who he is, sealed.
    pub outsider: Option<(OutsiderDocument, NewText)>,
}

/// What became of a request.
#[derive(Debug)]
pub enum Answer {
    /// Done, now or by an earlier call with the same key.
    Done(Box<GrantRow>),
    /// The key was used for other content.
    Reused,
    /// There is no such subject, or no such grant within the scope.
    NotFound,
    /// It may not be decided so.
    Refused(Refusal),
}

impl Store {
    /// Asks for access.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn request_access(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        new: NewGrant,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let targets = target::of(tx, new.subject).await?;
                let Some(class) = targets.iter().map(|target| target.class).max() else {
                    return Ok(Answer::NotFound);
                };
                let now = tools.clock.now();
                let id = ids::mint(now, tools.entropy.as_ref())?;
                insert(tx, &who, id, &new, class, now).await?;
                text::insert(tx, id, who.scope.actor(), &new.reason).await?;
                if let Some((_, outsider)) = &new.outsider {
                    text::insert(tx, id, who.scope.actor(), outsider).await?;
                }
                let about = [vec![id], new.subject.ids()].concat();
                let mut entry = tools.entry(who.scope.actor(), "REQUEST_ACCESS", SUBJECT, about, now)?;
                entry.reason = facts(&new.fields, new.purpose, class);
                entry.digest = grant_digest(tx, id).await?;
                audit::append(tx, &entry).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Decides, as head of the requester's department or for customer service. `note` says why not.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn decide_access(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
        (agrees, note): (bool, Option<NewText>),
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(grant) = row::lock(tx, id).await? else { return Ok(Answer::NotFound) };
                let now = tools.clock.now();
                let next = match approval::decide(&grant.request(), &who.member(), agrees) {
                    Ok(next) => next,
                    Err(refusal) => {
                        refused(tx, &tools, &who, &grant, refusal, now).await?;
                        return Ok(Answer::Refused(refusal));
                    }
                };
                if let Some(note) = &note {
                    text::insert(tx, id, who.scope.actor(), note).await?;
                }
                let note_id = note.map(|note| note.id);
                save_decision(tx, &grant, who.code(), next, note_id, now).await?;
                if next == AccessState::Granted && grant.kind == AccessKind::Loan {
                    loan::enter(tx, &tools, who.scope.actor(), &grant, now).await?;
                }
                let action = if agrees { "AGREE_TO_ACCESS" } else { "REFUSE_ACCESS" };
                let about = [vec![id], grant.subject.ids()].concat();
                let mut entry = tools.entry(who.scope.actor(), action, SUBJECT, about, now)?;
                next.name().clone_into(&mut entry.reason);
                entry.digest = grant_digest(tx, id).await?;
                audit::append(tx, &entry).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Takes a request back, or ends a grant before its time. What is over already stays as it is, and so does a loan: its end is confirmed.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn end_access(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(grant) = row::lock(tx, id).await? else { return Ok(Answer::NotFound) };
                let now = tools.clock.now();
                let waits =
                    matches!(grant.state, AccessState::AwaitingHead | AccessState::AwaitingCustomerService);
                if !waits && !grant.is_in_force(now) {
                    return Ok(Answer::Refused(Refusal::NotWaiting));
                }
                sqlx::query!(
                    "UPDATE access_grant SET state = $2, ended_by = $3, ended_time = $4 WHERE id = $1",
                    id,
                    AccessState::Ended.code(),
                    who.code(),
                    now,
                )
                .execute(&mut *tx)
                .await?;
                let about = [vec![id], grant.subject.ids()].concat();
                let mut entry = tools.entry(who.scope.actor(), "END_ACCESS", SUBJECT, about, now)?;
                entry.digest = grant_digest(tx, id).await?;
                audit::append(tx, &entry).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// One request or grant with what people wrote: reason, who of another house, note. That it is read is written first, in the
    /// same transaction.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a text does not open.
    pub async fn read_grant(
        &self,
        tools: Tools,
        who: Who,
        id: Uuid,
        sealer: std::sync::Arc<Sealer>,
    ) -> Result<Option<(GrantRow, [zeroize::Zeroizing<String>; 3])>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let Some(grant) = row::read(tx, id).await? else { return Ok(None) };
                let now = tools.clock.now();
                audit::append(tx, &tools.entry(who.scope.actor(), "READ_ACCESS", SUBJECT, vec![id], now)?)
                    .await?;
                let mut texts: [zeroize::Zeroizing<String>; 3] = Default::default();
                let ids = [Some(grant.reason_text_id), grant.outsider_text_id, grant.note_text_id];
                for (text, id) in texts.iter_mut().zip(ids) {
                    if let Some(id) = id {
                        *text = text::open(tx, &sealer, id).await?;
                    }
                }
                Ok(Some((grant, texts)))
            })
        })
        .await
    }
}

/// What was asked for, in an audit entry: codes only.
pub(super) fn facts(fields: &[Field], purpose: Purpose, class: SecrecyClass) -> String {
    let fields: Vec<_> = fields.iter().map(|field| field.name()).collect();
    format!("fields={} purpose={} class={}", fields.join(","), purpose.name(), class.name())
}

async fn repeated(tx: &mut Tx, who: &Who, key: &RequestKey) -> Result<Option<Answer>, StoreError> {
    Ok(match request::find(tx, who.scope.actor(), key).await? {
        None => None,
        Some(Used::Elsewhere) => Some(Answer::Reused),
        Some(Used::Here(id)) => {
            Some(row::read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
        }
    })
}

async fn finish(
    tx: &mut Tx,
    who: &Who,
    key: &RequestKey,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    request::keep(tx, who.scope.actor(), key, id, now).await?;
    let row = row::read(tx, id).await?;
    Ok(row.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
}

async fn refused(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    grant: &GrantRow,
    refusal: Refusal,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut entry = tools.entry(who.scope.actor(), "DECIDE_ACCESS_REFUSED", SUBJECT, vec![grant.id], now)?;
    entry.reason = refusal.to_string();
    audit::append(tx, &entry).await
}

async fn insert(
    tx: &mut Tx,
    who: &Who,
    id: Uuid,
    new: &NewGrant,
    class: SecrecyClass,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (subject_kind, customer, submission, party_no, case) = new.subject.columns();
    let member = who.member();
    sqlx::query!(
        "INSERT INTO access_grant (id, kind, state, subject_kind, customer_id, submission_id, party_no, case_id, fields,
             purpose, days, class, outsider_document, requester_code, requester_office, channel, branch_code, leader_code,
             requested_time, reason_text_id, outsider_text_id, copies)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
        id,
        new.kind.code(),
        AccessState::AwaitingHead.code(),
        subject_kind,
        customer,
        submission,
        party_no,
        case,
        &new.fields.iter().map(|field| field.code()).collect::<Vec<_>>(),
        new.purpose.code(),
        i16::from(new.days),
        class.code(),
        new.outsider.as_ref().map(|(document, _)| document.code()),
        member.code,
        member.office.code(),
        member.channel.map(Channel::number),
        member.branch_code,
        member.leader_code,
        now,
        new.reason.id,
        new.outsider.as_ref().map(|(_, text)| text.id),
        new.copies,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn save_decision(
    tx: &mut Tx,
    grant: &GrantRow,
    decider: &str,
    next: AccessState,
    note_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if grant.state == AccessState::AwaitingHead {
        sqlx::query!(
            "UPDATE access_grant SET state = $2, head_code = $3, head_time = $4, note_text_id = $5 WHERE id = $1",
            grant.id,
            next.code(),
            decider,
            now,
            note_id,
        )
        .execute(tx)
        .await?;
        return Ok(());
    }
    let end = (next == AccessState::Granted).then(|| approval::end_of_access(now, grant.days));
    sqlx::query!(
        "UPDATE access_grant SET state = $2, decider_code = $3, decided_time = $4, note_text_id = COALESCE($5, note_text_id),
             end_time = $6
         WHERE id = $1",
        grant.id,
        next.code(),
        decider,
        now,
        note_id,
        end,
    )
    .execute(tx)
    .await?;
    Ok(())
}
