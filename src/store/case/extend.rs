//! Extensions: more working days for the investigation. They add up, up to a cap, and are counted after the ordinary working
//! days ([`clock`]); call-back and cooling-off never move, and on-time is reported without them.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    change::{Begun, Command, Tools},
    clock, moves,
    refusal::WrongArgument,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

/// Most working days that one extension gives.
pub const MOST_WORKING_DAYS: u16 = 5;
/// Most working days that all extensions of a case give together, within one channel.
pub const MOST_WORKING_DAYS_TOGETHER: u16 = 10;

impl Store {
    /// Extends the working days of a case. Nobody extends a case that is his own.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn extend_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        working_days: u16,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Extend).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if moves::is_own(tx, &change).await? {
                    return Ok(Answer::Refused(CaseRefusal::SecondPersonRequired));
                }
                // Without a channel no clock runs that could be extended.
                if change.case.channel_received_time.is_none() {
                    return moves::not_again(tx, &change, Move::Extend).await;
                }
                let left = MOST_WORKING_DAYS_TOGETHER.saturating_sub(change.case.extended_working_days);
                if working_days > left {
                    let wrong = WrongArgument::ExtensionTooLong { left };
                    return Ok(Answer::Refused(CaseRefusal::Argument(wrong)));
                }
                change.case.extended_working_days += working_days;
                let until = clock::extended_until(tx, &tools, &change).await?;
                let data = EventData::none().number("working_days", working_days);
                let data = until.into_iter().fold(data, |data, until| data.time("extended_time", until));
                change.tell_with(tx, CaseEventKind::Extended, data, &reason).await?;
                clock::reckon(tx, &tools, &mut change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
