//! Revealing fields in clear: nothing is opened before it is committed that it will be.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::{Field, Purpose};

use super::{EnquirerRole, Identification, SubjectIds, Target, look_ups::quota_exceeded, who};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal, sealing::Place},
    store::{
        StoreError,
        payload::Payload,
        privacy::reveal::{Answer, Found, NewReveal},
    },
};

/// What somebody wants to read, in words.
pub struct Asked {
    /// Of whom.
    pub subject: SubjectIds,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// Why.
    pub reason: String,
    /// By which grant; none: by being assigned the case.
    pub grant_id: Option<Uuid>,
    /// Who enquires, and how he was identified.
    pub enquirer: Option<(EnquirerRole, Identification)>,
}

/// What was revealed.
pub struct Revealed {
    /// Names it in the register and the audit log.
    pub id: Uuid,
    /// The parties, in clear: the transport takes out of them what was asked for, and no more.
    pub parties: Vec<RevealedParty>,
    /// Until when they may be shown.
    pub shown_until: DateTime<Utc>,
}

/// A party in clear.
pub struct RevealedParty {
    /// The party.
    pub target: Target,
    /// Of a class that the grant does not reach.
    pub withheld: bool,
    /// What was sent; none if it is withheld or was destroyed.
    pub payload: Option<Payload>,
}

/// Reveals what is asked, if a grant in force or the assignment covers it.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StrongerSignInRequired`], [`AppError::AccessNotGranted`],
/// [`AppError::TooManyParties`], [`AppError::QuotaExceeded`];
/// [`AppError::StoreUnavailable`] when it cannot be written down:
/// then nothing was opened.
pub async fn reveal_fields(app: &App, principal: &Principal, asked: Asked) -> Result<Revealed, AppError> {
    app.permit_in_plain(principal, Action::RevealFields).await?;
    let who = who(principal, Action::RevealFields)?;
    let Asked { subject, fields, purpose, reason, grant_id, enquirer } = asked;
    let reason = app.seal_privacy_text(&reason)?;
    let new = NewReveal {
        subject,
        fields,
        purpose,
        reason,
        grant_id,
        enquirer,
        limits: app.privacy.reveals(principal.role),
        customers_told: app.privacy.customers_told,
    };
    let answer = app.store.reveal(app.privacy_tools(), who, new).await;
    match answer.map_err(|error| app.failed(&error))? {
        Answer::Revealed { id, found, shown_until } => {
            let parties = found.into_iter().map(|found| open(app, found)).collect::<Result<_, _>>();
            Ok(Revealed { id, parties: parties.map_err(|error| app.failed(&error))?, shown_until })
        }
        Answer::NotFound => Err(AppError::AccessSubjectNotFound),
        Answer::Denied(why) => Err(AppError::AccessNotGranted(why)),
        Answer::TooMany { limit, actual } => Err(AppError::TooManyParties { limit, actual }),
        Answer::TooMuch(much) => Err(quota_exceeded(much, app.clock.now())),
    }
}

fn open(app: &App, found: Found) -> Result<RevealedParty, StoreError> {
    let Found { target, withheld, sealed } = found;
    let payload = match sealed {
        None => None,
        Some(sealed) => {
            let place = Place { table: "sealed", row: target.submission_id, party_no: target.party_no };
            let opened = app.sealer.open_classified(place, &sealed)?;
            Some(Payload::decode(&opened, &target.submission_id)?)
        }
    };
    Ok(RevealedParty { target, withheld, payload })
}
