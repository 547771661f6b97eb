//! Sanction (处罚) and rectification (整改) opinions: who must act by when, and what he did (articles 14, 24). They are about
//! people, not about the case's way: they are recorded and replied to in every state.

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::shanghai;

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    change::{self, Begun, Command, Tools},
    parts::{self, OpinionKind},
    refusal::{NotEligible, WrongArgument},
    text::NewText,
};
use crate::{
    ids,
    security::{role::Role, scope::Scope},
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// Kind of a participant who is copied.
const COPIED: i16 = 1;

/// An opinion on its way in.
#[derive(Debug)]
pub struct NewOpinion {
    /// Which.
    pub kind: OpinionKind,
    /// Staff code of who must act.
    pub owner_code: String,
    /// By when: the day included.
    pub due_date: NaiveDate,
    /// What is to be done.
    pub opinion: NewText,
}

impl Store {
    /// Records an opinion. Who must act sees the case from then on.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn record_opinion(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        new: NewOpinion,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if new.due_date < shanghai::date(change.now) {
                    return Ok(Answer::Refused(CaseRefusal::Argument(WrongArgument::OpinionDueInPast)));
                }
                if let Some(why) = copy_owner(tx, &mut change, &new.owner_code).await? {
                    return Ok(Answer::Refused(CaseRefusal::NotEligible(why)));
                }
                let id = ids::mint(change.now, tools.entropy.as_ref())?;
                let data = EventData::none()
                    .id("case_opinion_id", id)
                    .number("kind", new.kind.number())
                    .code("owner_code", &new.owner_code)
                    .date("due_date", new.due_date);
                change.tell_with(tx, CaseEventKind::OpinionRecorded, data, &new.opinion).await?;
                sqlx::query!(
                    "INSERT INTO case_opinion (id, case_id, kind, owner_code, due_date, text_id, recorded_by, recorded_time)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id,
                    change.case.id,
                    new.kind.number(),
                    new.owner_code,
                    new.due_date,
                    new.opinion.id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                )
                .execute(&mut *tx)
                .await?;
                change.made(id);
                change.finish(tx, &tools).await
            })
        })
        .await
    }

    /// Replies to the opinion `id`, once: its owner, or who answers for him in his stead.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn reply_to_opinion(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        id: Uuid,
        reply: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let opinions = parts::opinions(tx, change.case.id).await?;
                let Some(opinion) = opinions.into_iter().find(|opinion| opinion.id == id) else {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                };
                // Somebody else has replied meanwhile.
                if opinion.replied_time.is_some() {
                    return Ok(Answer::Stale);
                }
                let is_owner = scope.staff() == Some(opinion.owner_code.as_str());
                if !is_owner && !answers_for_others(&scope) {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                }
                let late = opinion.is_overdue(shanghai::date(change.now));
                let data = EventData::none().id("case_opinion_id", id).number("late", i64::from(late));
                change.tell_with(tx, CaseEventKind::OpinionReplied, data, &reply).await?;
                sqlx::query!(
                    "UPDATE case_opinion SET replied_by = $2, replied_time = $3, reply_text_id = $4 WHERE id = $1",
                    id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                    reply.id,
                )
                .execute(&mut *tx)
                .await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// Team leaders and heads of channels reply for their people; a clerk, customer service and compliance for themselves.
const fn answers_for_others(scope: &Scope) -> bool {
    matches!(scope.role(), Role::TeamLeader | Role::ChannelHead)
}

/// Copies the owner of an opinion, so that the case is within his reach; why he cannot be one, if he cannot.
async fn copy_owner(tx: &mut Tx, change: &mut Change, code: &str) -> Result<Option<NotEligible>, StoreError> {
    let owner = sqlx::query!(
        "SELECT active, channel, branch_code FROM directory_entry WHERE kind = 5 AND code = $1",
        code
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(owner) = owner else { return Ok(Some(NotEligible::Unknown)) };
    if !owner.active {
        return Ok(Some(NotEligible::Inactive));
    }
    let copied = sqlx::query!(
        "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE NOT EXISTS (SELECT 1 FROM case_participant WHERE case_id = $1 AND staff_code = $5)",
        change.case.id,
        COPIED,
        // Who works for all channels is copied for that of the case.
        owner.channel.unwrap_or_else(|| change.case.channel.number()),
        owner.branch_code,
        code,
        change.now,
    )
    .execute(tx)
    .await?;
    if copied.rows_affected() > 0 {
        change.tell(CaseEventKind::ParticipantAdded, EventData::none().code("staff_code", code));
    }
    Ok(None)
}
