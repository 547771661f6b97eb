//! Appeals (申诉): a case was issued by mistake (误发). Accepted, the case is withdrawn if it is not over already, and counts
//! against the precision of its clues: the statistics count accepted appeals by the clues of `case_suspicion`.

use uuid::Uuid;
use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    change::{Begun, Command, Tools},
    effects::{self, Decided},
    moves, parts,
    text::NewText,
    withdraw::withdraw,
};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Says that a case was issued by mistake. One appeal waits at a time.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn appeal_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Appeal).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let appeals = parts::appeals(tx, change.case.id).await?;
                if appeals.iter().any(|appeal| appeal.decided_time.is_none()) {
                    return moves::not_again(tx, &change, Move::Appeal).await;
                }
                let id = ids::mint(change.now, tools.entropy.as_ref())?;
                let data = EventData::none().id("case_appeal_id", id);
                change.tell_with(tx, CaseEventKind::Appealed, data, &reason).await?;
                sqlx::query!(
                    "INSERT INTO case_appeal (id, case_id, appealed_by, appealed_time, text_id) VALUES ($1, $2, $3, $4, $5)",
                    id,
                    change.case.id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                    reason.id,
                )
                .execute(&mut *tx)
                .await?;
                change.made(id);
                change.finish(tx, &tools).await
            })
        })
        .await
    }

    /// Decides the appeal `id`, once, and never by whoever appealed.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn decide_appeal(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        (id, accept): (Uuid, bool),
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::DecideAppeal).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let appeals = parts::appeals(tx, change.case.id).await?;
                let Some(appeal) = appeals.into_iter().find(|appeal| appeal.id == id) else {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                };
                // Somebody else has decided meanwhile.
                if appeal.decided_time.is_some() {
                    return Ok(Answer::Stale);
                }
                if scope.staff() == Some(appeal.appealed_by.as_str()) {
                    return Ok(Answer::Refused(CaseRefusal::SecondPersonRequired));
                }
                let data = EventData::none().id("case_appeal_id", id).number("accepted", i64::from(accept));
                change.tell_with(tx, CaseEventKind::AppealDecided, data, &reason).await?;
                sqlx::query!(
                    "UPDATE case_appeal SET decided_by = $2, decided_time = $3, accepted = $4, decision_text_id = $5
                     WHERE id = $1",
                    id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                    accept,
                    reason.id,
                )
                .execute(&mut *tx)
                .await?;
                // What is over stays as it is: the answer is for whoever appealed, and for the clue's precision.
                if accept && !change.case.state.is_over() {
                    change.tell(CaseEventKind::Withdrawn, EventData::none().name("by", "APPEAL"));
                    withdraw(tx, &tools, &mut change).await?;
                }
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }
}
