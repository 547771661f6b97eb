//! Bearer tokens of systems and of members of staff: only their hashes.
//!
//! A member of staff has no rights of his own in the table: what he is comes from the directory, whenever tokens are read.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{Scope, Store, StoreError, Tx, audit, codes::Coded as _, directory};
use crate::security::{
    identified::{Identified, Method},
    principal::{Principal, Reach, StaffScope},
    role::Role,
};

/// A token as it is listed: never its secret.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Id, by which it is revoked.
    pub id: Uuid,
    /// Name of who calls with it: a system's, or `staff:<code>`.
    pub caller: String,
    /// Who calls with it; none for a member of staff whom the directory does not know as active.
    pub principal: Option<Principal>,
    /// When it was made.
    pub created_time: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_time: Option<DateTime<Utc>>,
    /// Its hash; none for a caller who shows a certificate.
    pub secret_hash: Option<[u8; 32]>,
    /// Name in the certificate that he shows instead.
    pub certificate_name: Option<String>,
}

/// What a caller shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A token with this hash.
    Token([u8; 32]),
    /// A client certificate with this URI or DNS name.
    Certificate(String),
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Id.
    pub id: Uuid,
    /// Who will call with it, and what he may touch.
    pub principal: Principal,
    /// What the caller shows.
    pub shows: Shown,
    /// Now.
    pub created_time: DateTime<Utc>,
    /// Id of the audit entry.
    pub audit_id: Uuid,
}

/// Name of the version counter that changes with every token.
pub const VERSION_COUNTER: &str = "token";

impl Store {
    /// Keeps a new token and says so in the audit log. Of a member of staff only his code is kept.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn create_token(&self, token: NewToken) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let staff_code = token.principal.staff.as_ref().map(|staff| staff.staff_code.clone());
                let none = Reach { sources: Vec::new(), channels: Vec::new() };
                let reach = if staff_code.is_some() { &none } else { &*token.principal.reach };
                let (hash, name) = match token.shows {
                    Shown::Token(hash) => (Some(hash), None),
                    Shown::Certificate(name) => (None, Some(name)),
                };
                let channels: Vec<i16> = reach.channels.iter().map(|channel| channel.number()).collect();
                sqlx::query!(
                    "INSERT INTO caller_token (id, caller, secret_hash, sources, channels, created_time, staff_code,
                                               certificate_name)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    token.id,
                    &*token.principal.caller,
                    hash.as_ref().map(|hash| &hash[..]),
                    &reach.sources,
                    &channels,
                    token.created_time,
                    staff_code,
                    name,
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
        self.with_tx(Scope::system(), move |tx| {
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
        self.with_tx(Scope::system(), |tx| Box::pin(async move { read_tokens(tx).await })).await
    }

    /// The member of staff `code`, if the directory knows him as active.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn find_staff(&self, code: String) -> Result<Option<Principal>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let row = sqlx::query_as!(
                    Member,
                    "SELECT code, duty, channel, branch_code, team_leader_code FROM directory_entry
                     WHERE kind = 5 AND code = $1 AND active",
                    code,
                )
                .fetch_optional(tx)
                .await?;
                row.map(Member::principal).transpose()
            })
        })
        .await
    }

    /// Every member of staff whom the directory knows as active.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_members(&self) -> Result<Vec<Principal>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query_as!(
                    Member,
                    "SELECT code, duty, channel, branch_code, team_leader_code FROM directory_entry
                     WHERE kind = 5 AND active",
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter().map(Member::principal).collect()
            })
        })
        .await
    }

    /// The version that changes with every token and every change of the directory: a snapshot of another version is out
    /// of date.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn token_version(&self) -> Result<i64, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                // Both only ever grow: their sum changes when either does.
                let version = sqlx::query_scalar!(
                    r#"SELECT sum(version)::bigint AS "version!" FROM version_counter WHERE name = ANY($1)"#,
                    &[VERSION_COUNTER.to_owned(), directory::VERSION_COUNTER.to_owned()],
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
        r#"SELECT t.id, t.caller, t.secret_hash, t.certificate_name, t.sources, t.channels, t.created_time, t.revoked_time, t.staff_code,
                  e.code AS "code?", e.duty, e.channel, e.branch_code AS "branch_code?",
                  e.team_leader_code AS "team_leader_code?"
           FROM caller_token t
           LEFT JOIN directory_entry e ON e.kind = 5 AND e.code = t.staff_code AND e.active
           ORDER BY t.id"#
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let principal = match (row.staff_code, row.code) {
                (None, _) => {
                    let system = system(row.id, &row.caller, row.sources, &row.channels)?;
                    let by = if row.certificate_name.is_some() { Method::Certificate } else { Method::Token };
                    Some(system.identified_by(Identified::by(by)))
                }
                (Some(_), None) => None,
                (Some(_), Some(code)) => {
                    let member = Member {
                        code,
                        duty: row.duty,
                        channel: row.channel,
                        branch_code: row.branch_code.unwrap_or_default(),
                        team_leader_code: row.team_leader_code.unwrap_or_default(),
                    };
                    Some(member.principal()?)
                }
            };
            let hash = row.secret_hash.map(<[u8; 32]>::try_from).transpose();
            let secret_hash = hash.map_err(|_| StoreError::Corrupt {
                table: "caller_token",
                column: "secret_hash",
                row: row.id.to_string(),
            })?;
            Ok(TokenRow {
                id: row.id,
                caller: row.caller,
                principal,
                created_time: row.created_time,
                revoked_time: row.revoked_time,
                secret_hash,
                certificate_name: row.certificate_name,
            })
        })
        .collect()
}

fn system(id: Uuid, caller: &str, sources: Vec<String>, channels: &[i16]) -> Result<Principal, StoreError> {
    let channels =
        channels.iter().map(|number| Channel::from_number(*number, id)).collect::<Result<_, _>>()?;
    Ok(Principal::system(caller, Reach { sources, channels }))
}

/// An active member of staff, as the directory has him.
pub(super) struct Member {
    pub(super) code: String,
    pub(super) duty: Option<i16>,
    pub(super) channel: Option<i16>,
    pub(super) branch_code: String,
    pub(super) team_leader_code: String,
}

impl Member {
    pub(super) fn principal(self) -> Result<Principal, StoreError> {
        let role = self.duty.and_then(Role::of_duty).ok_or_else(|| StoreError::Corrupt {
            table: "directory_entry",
            column: "duty",
            row: self.code.clone(),
        })?;
        let channel = self.channel.map(|number| Channel::from_number(number, &self.code)).transpose()?;
        let staff = StaffScope {
            staff_code: self.code,
            channel,
            branch_code: self.branch_code,
            team_leader_code: self.team_leader_code,
        };
        Ok(Principal::member(role, staff))
    }
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
