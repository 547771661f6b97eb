//! What compliance and channel heads decide beside the case's end: commissions, and what is told of agencies.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    change::{Begun, Command, Tools},
    effects::{self, Decided},
    handler, moves,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Holds the commission of a case back, or no longer. Holding is for cases that are overdue or confirmed false.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn decide_commission(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        hold: bool,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::DecideCommission).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if hold && !change.case.is_overdue(change.now) {
                    return Ok(Answer::Refused(CaseRefusal::Missing(vec!["OVERDUE"])));
                }
                let data = EventData::none().number("held", i64::from(hold));
                change.tell_with(tx, CaseEventKind::CommissionChanged, data, &reason).await?;
                let decided = Decided { hold, release: !hold, ..Decided::default() };
                effects::finish(tx, &tools, *change, decided).await
            })
        })
        .await
    }

    /// Tells compliance that an agency of the case would not help (article 23).
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn report_agency_refusal(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        agency_code: String,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::ReportAgencyRefusal).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if !change.case.agency_codes.contains(&agency_code) {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                }
                handler::note(tx, &change).await?;
                let data = EventData::none().code("agency_code", &agency_code);
                change.tell_with(tx, CaseEventKind::ReportedToCompliance, data, &reason).await?;
                let decided = Decided { agency_refused: true, ..Decided::default() };
                effects::finish(tx, &tools, *change, decided).await
            })
        })
        .await
    }
}
