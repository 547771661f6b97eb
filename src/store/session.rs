//! Sessions of people: hashes of their secrets, how they were identified, and until when.
//!
//! A session that is not in force is as good as none; its row goes when the next one is made. What its holder may do comes from the
//! directory, whenever the session is looked at: who has left is signed out at once.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Scope, Store, StoreError, Tx, audit, tokens::Member};
use crate::security::{
    identified::{Identified, Method},
    principal::{Principal, STAFF_PREFIX},
};

/// Most sessions of one person; the next one ends his oldest.
pub const MOST_SESSIONS: i64 = 5;
/// Most rows of past sessions that are removed when one is made.
const MOST_REMOVED: i64 = 100;
/// A use is noted if the last one noted is older.
const NOTE_INTERVAL: TimeDelta = TimeDelta::seconds(20);
/// Kind of the subject in audit entries.
const SUBJECT_KIND: &str = "session";

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Of a local account.
    Account {
        /// Its id.
        id: Uuid,
        /// The hash that the password was compared with: if it is another by now, there is no session.
        password_hash: String,
        /// The hash of the same password at today's costs, if that was made with lower ones.
        rehashed: Option<String>,
    },
    /// Of somebody whom the identity provider knows: issuer and subject.
    Subject(String),
}

/// A session to be made.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Id.
    pub id: Uuid,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// Whose it is.
    pub holder: Holder,
    /// Code of the member of staff.
    pub staff_code: String,
    /// Duty that the identity provider vouches for; none: the directory's.
    pub duty: Option<i16>,
    /// How he was identified.
    pub identified: Identified,
    /// Now.
    pub created_time: DateTime<Utc>,
    /// How long it lasts without use.
    pub idle: TimeDelta,
    /// When it ends.
    pub expires_time: DateTime<Utc>,
    /// Id of the audit entry.
    pub audit_id: Uuid,
}

/// A session in force.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Id.
    pub id: Uuid,
    /// Who its holder is now.
    pub principal: Principal,
    /// The account, if it is of one: id, login name, and whether its password is to be changed first.
    pub account: Option<SessionAccount>,
    /// When it was made.
    pub created_time: DateTime<Utc>,
    /// When it ends if it is not used.
    pub idle_expires_time: DateTime<Utc>,
    /// When it ends.
    pub expires_time: DateTime<Utc>,
}

/// The account of a session.
#[derive(Debug, Clone)]
pub struct SessionAccount {
    /// Id.
    pub id: Uuid,
    /// Login name.
    pub login: String,
    /// Whether the password was chosen by somebody else.
    pub must_change: bool,
}

impl Store {
    /// Makes a session and says so in the audit log. `false` if the account has been changed since the password was compared.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn create_session(&self, new: NewSession) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                if !admit(tx, &new.holder, new.created_time).await? {
                    return Ok(false);
                }
                sweep(tx, &new.staff_code, new.created_time).await?;
                insert(tx, &new).await?;
                let mut subjects = vec![new.id];
                if let Holder::Account { id, .. } = &new.holder {
                    subjects.push(*id);
                }
                let entry = audit::Entry {
                    id: new.audit_id,
                    recorded_time: new.created_time,
                    actor: format!("{STAFF_PREFIX}{}", new.staff_code),
                    action: "SIGN_IN".into(),
                    subject_kind: SUBJECT_KIND.into(),
                    subject_ids: subjects,
                    reason: new.identified.line(),
                    digest: Vec::new(),
                };
                audit::append(tx, &entry).await?;
                Ok(true)
            })
        })
        .await
    }

    /// The session of a secret, if it is in force at `at`. With `used` that is a use: it starts its idle time again.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn find_session(
        &self,
        secret_hash: [u8; 32],
        at: DateTime<Utc>,
        used: bool,
    ) -> Result<Option<SessionRow>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let row = sqlx::query_as!(
                    Found,
                    r#"SELECT s.id, s.duty AS "duty?", s.method, s.acr, s.amr, s.created_time, s.last_used_time, s.idle_seconds,
                              s.expires_time, a.id AS "account_id?", a.login AS "login?", a.must_change AS "must_change?",
                              e.code, e.duty AS "directory_duty?", e.channel AS "channel?", e.branch_code, e.team_leader_code
                       FROM session s
                       JOIN directory_entry e ON e.kind = 5 AND e.code = s.staff_code AND e.active
                       LEFT JOIN account a ON a.id = s.account_id
                       WHERE s.secret_hash = $1 AND s.expires_time > $2
                           AND s.last_used_time + make_interval(secs => s.idle_seconds) > $2
                           AND NOT COALESCE(a.disabled, false)"#,
                    &secret_hash[..],
                    at,
                )
                .fetch_optional(&mut *tx)
                .await?;
                let Some(mut row) = row else { return Ok(None) };
                if used && at - row.last_used_time >= NOTE_INTERVAL {
                    sqlx::query!("UPDATE session SET last_used_time = $2 WHERE id = $1", row.id, at)
                        .execute(tx)
                        .await?;
                    row.last_used_time = at;
                }
                row.into_session().map(Some)
            })
        })
        .await
    }

    /// Ends the session of a secret; `false` if there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn end_session(
        &self,
        secret_hash: [u8; 32],
        at: DateTime<Utc>,
        audit_id: Uuid,
    ) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let ended = sqlx::query!(
                    "DELETE FROM session WHERE secret_hash = $1 RETURNING id, staff_code",
                    &secret_hash[..],
                )
                .fetch_optional(&mut *tx)
                .await?;
                let Some(ended) = ended else { return Ok(false) };
                let actor = format!("{STAFF_PREFIX}{}", ended.staff_code);
                tell_ended(tx, actor, "SIGN_OUT", vec![ended.id], at, audit_id).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Ends every session of a member of staff, on behalf of `actor`, and says how many they were.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn end_sessions_of(
        &self,
        staff_code: String,
        actor: String,
        at: DateTime<Utc>,
        audit_id: Uuid,
    ) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let ended =
                    sqlx::query_scalar!("DELETE FROM session WHERE staff_code = $1 RETURNING id", staff_code)
                        .fetch_all(&mut *tx)
                        .await?;
                let count = ended.len();
                if count > 0 {
                    tell_ended(tx, actor, "END_SESSIONS", ended, at, audit_id).await?;
                }
                Ok(count)
            })
        })
        .await
    }
}

/// Whether the holder is still whom the password was compared for; his refused attempts are forgotten.
async fn admit(tx: &mut Tx, holder: &Holder, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let Holder::Account { id, password_hash, rehashed } = holder else { return Ok(true) };
    let admitted = sqlx::query!(
        "UPDATE account SET failed_count = 0, locked_until = NULL, last_sign_in_time = $3,
                password_hash = COALESCE($4, password_hash)
         WHERE id = $1 AND password_hash = $2 AND NOT disabled",
        id,
        password_hash,
        at,
        rehashed.as_deref(),
    )
    .execute(tx)
    .await?
    .rows_affected();
    Ok(admitted == 1)
}

/// Removes what is past, and the oldest sessions of somebody who has as many as anybody may.
async fn sweep(tx: &mut Tx, staff_code: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM session WHERE id IN (
            SELECT id FROM session
            WHERE expires_time <= $1 OR (staff_code = $2 AND last_used_time + make_interval(secs => idle_seconds) <= $1)
            LIMIT $3)",
        at,
        staff_code,
        MOST_REMOVED,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "DELETE FROM session WHERE id IN (
            SELECT id FROM session WHERE staff_code = $1 ORDER BY created_time DESC, id DESC OFFSET $2)",
        staff_code,
        MOST_SESSIONS - 1,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, new: &NewSession) -> Result<(), StoreError> {
    let (account, subject, method) = match &new.holder {
        Holder::Account { id, .. } => (Some(*id), None, BY_PASSWORD),
        Holder::Subject(subject) => (None, Some(subject.as_str()), BY_PROVIDER),
    };
    sqlx::query!(
        "INSERT INTO session (id, secret_hash, account_id, subject, staff_code, duty, method, acr, amr, created_time,
                              last_used_time, idle_seconds, expires_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
        new.id,
        &new.secret_hash[..],
        account,
        subject,
        new.staff_code,
        new.duty,
        method,
        &*new.identified.acr,
        &new.identified.amr[..],
        new.created_time,
        i32::try_from(new.idle.num_seconds()).unwrap_or(i32::MAX),
        new.expires_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn tell_ended(
    tx: &mut Tx,
    actor: String,
    action: &'static str,
    sessions: Vec<Uuid>,
    at: DateTime<Utc>,
    audit_id: Uuid,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        id: audit_id,
        recorded_time: at,
        actor,
        action: action.into(),
        subject_kind: SUBJECT_KIND.into(),
        subject_ids: sessions,
        reason: String::new(),
        digest: Vec::new(),
    };
    audit::append(tx, &entry).await
}

/// Number of [`Method::Password`] in the table.
const BY_PASSWORD: i16 = 1;
/// Number of [`Method::Oidc`] in the table.
const BY_PROVIDER: i16 = 2;

/// A session in force, and its holder as the directory has him.
struct Found {
    id: Uuid,
    duty: Option<i16>,
    method: i16,
    acr: String,
    amr: Vec<String>,
    created_time: DateTime<Utc>,
    last_used_time: DateTime<Utc>,
    idle_seconds: i32,
    expires_time: DateTime<Utc>,
    account_id: Option<Uuid>,
    login: Option<String>,
    must_change: Option<bool>,
    code: String,
    directory_duty: Option<i16>,
    channel: Option<i16>,
    branch_code: String,
    team_leader_code: String,
}

impl Found {
    fn into_session(self) -> Result<SessionRow, StoreError> {
        let member = Member {
            code: self.code,
            duty: self.duty.or(self.directory_duty),
            channel: self.channel,
            branch_code: self.branch_code,
            team_leader_code: self.team_leader_code,
        };
        let method = if self.method == BY_PASSWORD { Method::Password } else { Method::Oidc };
        let (acr, amr, role_claimed) = (self.acr.into(), self.amr.into(), self.duty.is_some());
        let identified = Identified { method, acr, amr, until: None, role_claimed };
        let account = self.account_id.map(|id| SessionAccount {
            id,
            login: self.login.unwrap_or_default(),
            must_change: self.must_change.unwrap_or_default(),
        });
        let idle = self.last_used_time + TimeDelta::seconds(self.idle_seconds.into());
        Ok(SessionRow {
            id: self.id,
            principal: member.principal()?.identified_by(identified),
            account,
            created_time: self.created_time,
            idle_expires_time: idle.min(self.expires_time),
            expires_time: self.expires_time,
        })
    }
}
