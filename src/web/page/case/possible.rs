//! What can be done with a case, as forms, and what cannot, and why.

use uuid::Uuid;
use zhenshi_domain::case::Move;

use super::{
    deed::Deed,
    form::{Choices, fields},
    shown::Again,
};
use crate::{
    app::{
        AppError,
        case::get_case::{Hindrance, ShownDetails},
    },
    ids,
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        person::Person,
        say::Say,
        view::case::{deeds::DeedView, named},
    },
};

/// What can be done, as forms; what of the caller's own moves cannot, and why.
#[expect(clippy::type_complexity, reason = "the two halves of one list")]
pub(super) fn deeds(
    site: &Site,
    person: &Person,
    choices: &Choices<'_>,
    again: Option<&Again>,
) -> Result<(Vec<DeedView>, Vec<(String, String)>), PageError> {
    let say = choices.say;
    let (mut possible, mut hindered) = (Vec::new(), Vec::new());
    for (deed, slug, moves) in Deed::ALL {
        let of: Vec<_> = choices.details.moves.iter().filter(|(one, _)| moves.contains(one)).collect();
        let label = say.value("page-case-do", slug);
        let open = again.filter(|again| again.deed == slug);
        let can = match deed {
            Deed::RecordOpinion => person.principal().permit(Action::RecordOpinion).is_ok(),
            Deed::ReplyToOpinion => can_reply(person, choices.details),
            _ => of.iter().any(|(_, hindrance)| hindrance.is_none()),
        };
        if !can {
            if let Some((_, Some(hindrance))) = of.first() {
                hindered.push((label, why(say, deed, *hindrance)));
            }
            continue;
        }
        possible.push(DeedView {
            slug,
            label,
            hint: hint(say, deed, &of),
            request_id: request_id(site)?,
            fields: fields(deed, choices, open.map(|again| &again.given)),
            primary: deed.leads_on(),
            grave: deed.is_grave(),
            open: open.is_some(),
        });
    }
    Ok((possible, hindered))
}

/// Whose opinion waits: his own, or one of those whom he stands above.
fn can_reply(person: &Person, details: &ShownDetails) -> bool {
    person.principal().permit(Action::ReplyToOpinion).is_ok()
        && details.rows.opinions.iter().any(|opinion| opinion.replied_time.is_none())
}

/// A number for a form: what is sent with it twice is done once.
pub(in crate::web) fn request_id(site: &Site) -> Result<String, PageError> {
    let id = ids::mint(site.app.clock.now(), site.app.entropy.as_ref());
    let id = id.map_err(|_| PageError::App(AppError::Internal { incident_id: Uuid::nil() }))?;
    Ok(id.to_string())
}

fn hint(say: &Say, deed: Deed, of: &[&(Move, Option<Hindrance>)]) -> String {
    let closes = of.iter().any(|(one, hindrance)| *one == Move::Close && hindrance.is_none());
    match deed {
        Deed::Verify if closes => say.t("page-case-hint-closes"),
        Deed::Verify => say.t("page-case-hint-verifies"),
        Deed::TakeOver => say.t("page-case-hint-take-over"),
        Deed::Withdraw => say.t("page-case-hint-withdraw"),
        Deed::Extend => say.t("page-case-hint-extend"),
        Deed::Redirect => say.t("page-case-hint-redirect"),
        Deed::Pause => say.t("page-case-hint-pause"),
        _ => String::new(),
    }
}

fn why(say: &Say, deed: Deed, hindrance: Hindrance) -> String {
    let between = say.t("page-case-or");
    let list = |words: Vec<String>| words.join(&between);
    match hindrance {
        Hindrance::State(states) => {
            let states = states.iter().map(|state| say.t(named::state(*state))).collect();
            say.named("page-case-why-state", &list(states))
        }
        Hindrance::Actor(actors) => {
            let mut names: Vec<String> = actors.iter().map(|one| say.t(named::actor(*one))).collect();
            names.dedup();
            say.named("page-case-why-actor", &list(names))
        }
        Hindrance::Facts => say.value("page-case-why", deed.slug()),
    }
}
