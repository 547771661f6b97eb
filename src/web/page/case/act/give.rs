//! The forms that give a case away: to somebody, to another channel, together with others.

use std::sync::Arc;

use super::{Stop, checked, sent::channel};
use crate::{
    app::{
        AppError, CaseName,
        case::{
            CaseCall, ChangedCase,
            assign_case::{Destination, assign_case},
            get_case::{View, get_case},
            merge_cases::merge_cases,
        },
    },
    web::{
        Site,
        page::case::{
            MOST_NUMBER,
            deed::{CODE_CHARACTERS, Deed, LONG_CHARACTERS, NOTE_CHARACTERS},
            given::Given,
        },
        person::Person,
    },
};

/// To somebody, to another channel, or together with others.
pub(super) async fn give(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal, say) = (&*site.app, person.principal(), &person.say);
    if deed == Deed::Merge {
        let numbers = given.text(say, "cases", LONG_CHARACTERS, true);
        let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
        let merged = merged(site, person, given, &numbers).await?;
        checked(given)?;
        return Ok(merge_cases(app, principal, call, merged, &reason).await?);
    }
    let staff = given.text(say, "staff_code", CODE_CHARACTERS, false);
    let reason = given.text(say, "reason", NOTE_CHARACTERS, deed == Deed::Redirect);
    let channel = if deed == Deed::Redirect {
        let channel = given.choice(say, "channel", true, channel);
        let branch = given.text(say, "branch_code", CODE_CHARACTERS, false);
        channel.map(|channel| (channel, branch))
    } else {
        None
    };
    checked(given)?;
    let staff_code = (!staff.is_empty()).then_some(staff);
    let done = assign_case(app, principal, call, Destination { staff_code, channel }, &reason).await;
    if matches!(done, Err(AppError::ReasonRequired)) {
        given.wrong("reason", say.t("violation-required"));
    }
    Ok(done?)
}

/// The cases of these numbers.
async fn merged(
    site: &Site,
    person: &Person,
    given: &mut Given,
    numbers: &str,
) -> Result<Vec<uuid::Uuid>, AppError> {
    let mut merged = Vec::new();
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    for number in numbers.split(between).filter(|number| !number.is_empty()) {
        let name = CaseName::Number(number.chars().take(MOST_NUMBER).collect());
        match get_case(&site.app, person.principal(), name, View::Basic).await {
            Ok(case) => merged.push(case.row.id),
            Err(AppError::CaseNotFound) => {
                given.wrong("cases", person.say.named("page-case-no-such-case", number));
            }
            Err(error) => return Err(error),
        }
    }
    merged.sort_unstable();
    merged.dedup();
    Ok(merged)
}
