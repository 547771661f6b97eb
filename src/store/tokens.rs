//! Bearer tokens of calling systems: only their hashes.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{Scope, Store, StoreError, Tx, audit, codes::Coded as _};
use crate::security::principal::{Principal, Reach};

/// A token as it is listed: never its secret.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Id, by which it is revoked.
    pub id: Uuid,
    /// Who calls with it.
    pub principal: Principal,
    /// When it was made.
    pub created_time: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_time: Option<DateTime<Utc>>,
    /// Its hash.
    pub secret_hash: [u8; 32],
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Id.
    pub id: Uuid,
    /// Who will call with it, and what he may touch.
    pub principal: Principal,
    /// Hash of the secret.
    pub secret_hash: [u8; 32],
    /// Now.
    pub created_time: DateTime<Utc>,
    /// Id of the audit entry.
    pub audit_id: Uuid,
}

/// Name of the version counter that changes with every token.
pub const VERSION_COUNTER: &str = "token";

impl Store {
    /// Keeps a new token and says so in the audit log.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn create_token(&self, token: NewToken) -> Result<(), StoreError> {
        self.with_tx(Scope::System, move |tx| {
            Box::pin(async move {
                let reach = &token.principal.reach;
                let channels: Vec<i16> = reach.channels.iter().map(|channel| channel.number()).collect();
                sqlx::query!(
                    "INSERT INTO caller_token (id, caller, secret_hash, sources, channels, created_time)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                    token.id,
                    &*token.principal.caller,
                    &token.secret_hash[..],
                    &reach.sources,
                    &channels,
                    token.created_time,
                )
                .execute(&mut *tx)
                .await?;
                changed(tx, token.audit_id, "CREATE_TOKEN", token.id, token.created_time).await
            })
        })
        .await
    }

    /// Revokes a token; `false` if there is none of that id in force.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn revoke_token(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        audit_id: Uuid,
    ) -> Result<bool, StoreError> {
        self.with_tx(Scope::System, move |tx| {
            Box::pin(async move {
                let revoked = sqlx::query!(
                    "UPDATE caller_token SET revoked_time = $2 WHERE id = $1 AND revoked_time IS NULL",
                    id,
                    at,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if revoked == 1 {
                    changed(tx, audit_id, "REVOKE_TOKEN", id, at).await?;
                }
                Ok(revoked == 1)
            })
        })
        .await
    }

    /// Every token ever made, oldest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.with_tx(Scope::System, |tx| Box::pin(async move { read_tokens(tx).await })).await
    }

    /// The version that changes with every token: a snapshot of another version is out of date.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn token_version(&self) -> Result<i64, StoreError> {
        self.with_tx(Scope::System, |tx| {
            Box::pin(async move {
                let version = sqlx::query_scalar!(
                    "SELECT version FROM version_counter WHERE name = $1",
                    VERSION_COUNTER
                )
                .fetch_one(tx)
                .await?;
                Ok(version)
            })
        })
        .await
    }
}

async fn read_tokens(tx: &mut Tx) -> Result<Vec<TokenRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, caller, secret_hash, sources, channels, created_time, revoked_time
         FROM caller_token ORDER BY id"
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let channels = row
                .channels
                .iter()
                .map(|number| Channel::from_number(*number, row.id))
                .collect::<Result<_, _>>()?;
            let secret_hash = row.secret_hash.try_into().map_err(|_| StoreError::Corrupt {
                table: "caller_token",
                column: "secret_hash",
                row: row.id.to_string(),
            })?;
            Ok(TokenRow {
                id: row.id,
                principal: Principal {
                    caller: row.caller.into(),
                    reach: Arc::new(Reach { sources: row.sources, channels }),
                },
                created_time: row.created_time,
                revoked_time: row.revoked_time,
                secret_hash,
            })
        })
        .collect()
}

/// Bumps the version that replicas poll and leaves the audit entry.
async fn changed(
    tx: &mut Tx,
    audit_id: Uuid,
    action: &'static str,
    token: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE version_counter SET version = version + 1 WHERE name = $1", VERSION_COUNTER)
        .execute(&mut *tx)
        .await?;
    audit::append(
        tx,
        &audit::Entry {
            id: audit_id,
            recorded_time: at,
            actor: "operator".into(),
            action: action.into(),
            subject_kind: "caller_token".into(),
            subject_ids: vec![token],
            reason: String::new(),
            digest: Vec::new(),
        },
    )
    .await
}
