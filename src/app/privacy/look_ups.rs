//! Looks, counted of each person: who browses is stopped, and others are told.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::quota::Kind;

use super::{AlertRow, TooMuch, who};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// One page of alerts.
pub struct Page {
    /// The alerts.
    pub rows: Vec<AlertRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

impl App {
    /// Counts one look of a person; a system's are counted by its rate. It is asked after the policy and before anything is
    /// looked up, so that the answer does not depend on whether there was something to see.
    ///
    /// # Errors
    /// [`AppError::QuotaExceeded`].
    pub(in crate::app) async fn count_look_up(
        &self,
        principal: &Principal,
        action: Action,
    ) -> Result<(), AppError> {
        self.count_look(principal, action, Kind::LookUp).await
    }

    /// Counts one look at something in clear that is no party of a submission: a piece of evidence. Asked as [`Self::count_look_up`] is.
    ///
    /// # Errors
    /// [`AppError::QuotaExceeded`].
    pub(in crate::app) async fn count_reveal(
        &self,
        principal: &Principal,
        action: Action,
    ) -> Result<(), AppError> {
        self.count_look(principal, action, Kind::Reveal).await
    }

    /// Counts the `customers` whom a look shows beyond the first, against the day: a page or a file of many is as many looks, and is not
    /// refused for its size. Who has passed the limit by it is told of, and looks no more that day. Asked before a byte leaves.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub(in crate::app) async fn count_shown(
        &self,
        principal: &Principal,
        action: Action,
        customers: usize,
    ) -> Result<(), AppError> {
        let beyond = u32::try_from(customers.saturating_sub(1)).unwrap_or(u32::MAX);
        if principal.staff.is_none() || beyond == 0 {
            return Ok(());
        }
        let (who, limits) = (who(principal, action)?, self.privacy.look_ups(principal.role));
        let counted = self.store.count_shown(self.privacy_tools(), who, beyond, limits).await;
        counted.map_err(|error| self.failed(&error))
    }

    async fn count_look(&self, principal: &Principal, action: Action, kind: Kind) -> Result<(), AppError> {
        if principal.staff.is_none() {
            return Ok(());
        }
        let limits = match kind {
            Kind::Reveal => self.privacy.reveals(principal.role),
            Kind::LookUp => self.privacy.look_ups(principal.role),
        };
        let counted =
            self.store.count_look(self.privacy_tools(), who(principal, action)?, kind, limits).await;
        let counted = counted.map_err(|error| self.failed(&error))?;
        counted.map_err(|much| quota_exceeded(much, self.clock.now()))
    }
}

/// Counts an explanation of a value as a look: it tells whether a number is one that could be somebody's.
///
/// # Errors
/// [`AppError::QuotaExceeded`].
pub async fn count_explanation(app: &App, principal: &Principal) -> Result<(), AppError> {
    app.count_look_up(principal, Action::ExplainCertificate).await
}

/// The refusal of who has looked up too much.
pub(super) fn quota_exceeded(much: TooMuch, now: DateTime<Utc>) -> AppError {
    AppError::QuotaExceeded { allowed: much.allowed, wait: (much.until - now).to_std().unwrap_or_default() }
}

/// At most `size` alerts, newest first.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_access_alerts(
    app: &App,
    principal: &Principal,
    after: Option<Uuid>,
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListAccessAlerts)?;
    let listed = app.store.list_alerts(scope, after, i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}
