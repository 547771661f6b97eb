//! Completing: what became of an attempt, written only by whoever holds the lease.

use chrono::{DateTime, Utc};

use super::{AttemptResult, DeliveryState, lease::Leased};
use crate::store::{
    Scope, Store, StoreError,
    audit::{self, Deed},
    codes::Coded as _,
};

/// What is in the audit log of an attempt: what left the service, and what was given up.
const fn audited(state: DeliveryState) -> Option<&'static str> {
    match state {
        DeliveryState::Delivered => Some("DELIVER_EVENT"),
        DeliveryState::Dead => Some("GIVE_UP_DELIVERY"),
        DeliveryState::Waiting => None,
    }
}

/// How an attempt ended, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// How.
    pub result: AttemptResult,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it is tried again; none: it is given up, or was delivered.
    pub again_at: Option<DateTime<Utc>>,
}

impl Attempt {
    /// Where the delivery stands then.
    pub const fn state(&self) -> DeliveryState {
        match (self.result, self.again_at) {
            (AttemptResult::Delivered, _) => DeliveryState::Delivered,
            (_, Some(_)) => DeliveryState::Waiting,
            (_, None) => DeliveryState::Dead,
        }
    }
}

impl Store {
    /// Writes what became of `leased`. `false` if the lease is no longer the newest: somebody else has it, and nothing is
    /// written.
    ///
    /// # Errors
    /// When the database cannot be reached: the lease runs out, and it is sent again.
    pub async fn complete_delivery(&self, leased: &Leased, attempt: Attempt) -> Result<bool, StoreError> {
        let (endpoint, position, epoch) = (leased.endpoint.clone(), leased.position, leased.epoch);
        let event_id = leased.event.id;
        let delivered = attempt.state() == DeliveryState::Delivered;
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let written = sqlx::query!(
                    "UPDATE delivery
                     SET state = $4::smallint, attempts = attempts + $5, next_attempt_time = COALESCE($6, next_attempt_time),
                         leased_until = NULL, last_result = $7, last_status = $8, last_attempt_time = $9::timestamptz,
                         delivered_time = CASE WHEN $4::smallint = 2 THEN $9::timestamptz END
                     WHERE endpoint = $1 AND position = $2 AND epoch = $3 AND state = 1",
                    endpoint,
                    position,
                    epoch,
                    attempt.state().number(),
                    i32::from(!delivered),
                    attempt.again_at,
                    attempt.result.number(),
                    attempt.status.and_then(|status| i16::try_from(status).ok()),
                    attempt.at,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if written == 1
                    && let Some(action) = audited(attempt.state())
                {
                    let deed = Deed {
                        actor: "delivery",
                        action,
                        subject_kind: "event",
                        subject_ids: &[event_id],
                    };
                    let what = [endpoint.as_bytes(), &position.to_be_bytes(), &epoch.to_be_bytes()];
                    let why = format!("endpoint {endpoint}: {}", attempt.result.name());
                    audit::note(tx, &deed, attempt.at, &what, why).await?;
                }
                Ok(written == 1)
            })
        })
        .await
    }
}
