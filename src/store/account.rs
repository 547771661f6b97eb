//! Accounts of members of staff: login names, hashes of passwords, and who is locked out.
//!
//! An attempt is counted before the password is looked at ([`Store::begin_attempt`]), under the row's lock: a thousand guesses at a
//! time are a thousand attempts. What somebody may do is not kept here; it comes from the directory.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Scope, Store, StoreError, Tx, audit, tokens::Member};
use crate::security::principal::Principal;

/// Kind of the subject in audit entries.
const SUBJECT_KIND: &str = "account";

/// An account as it is listed: never its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Id.
    pub id: Uuid,
    /// Login name, in lower case.
    pub login: String,
    /// Code of the member of staff.
    pub staff_code: String,
    /// When it was made.
    pub created_time: DateTime<Utc>,
    /// When the password was last chosen.
    pub password_changed_time: DateTime<Utc>,
    /// Refused attempts since the last that was right.
    pub failed_count: i32,
    /// Until when nobody gets in, if that is so.
    pub locked_until: Option<DateTime<Utc>>,
    /// Whether an operator has closed it.
    pub disabled: bool,
    /// Whether the password was chosen by somebody else.
    pub must_change: bool,
    /// When its holder last signed in.
    pub last_sign_in_time: Option<DateTime<Utc>>,
    /// Whether the directory has its holder as active.
    pub active: bool,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// Id.
    pub id: Uuid,
    /// Login name, in lower case.
    pub login: String,
    /// Code of the member of staff.
    pub staff_code: String,
    /// PHC string.
    pub password_hash: String,
    /// Whether the holder must choose another password first.
    pub must_change: bool,
}

/// Who changes an account, when, and the id of the audit entry.
#[derive(Debug, Clone)]
pub struct By {
    /// `operator`, or `staff:<code>`.
    pub actor: String,
    /// Now.
    pub at: DateTime<Utc>,
    /// Id of the audit entry.
    pub audit_id: Uuid,
}

/// What becomes of an account.
#[derive(Clone)]
pub enum AccountChange {
    /// Another password; ends every session of the account but the one of this id. Unlocks.
    Password {
        /// PHC string.
        hash: String,
        /// Whether the holder must choose another first.
        must_change: bool,
        /// The session that goes on.
        but: Option<Uuid>,
    },
    /// Nobody gets in any more; ends every session.
    Disable,
    /// As before.
    Enable,
    /// Attempts are forgotten.
    Unlock,
}

impl AccountChange {
    const fn action(&self) -> &'static str {
        match self {
            Self::Password { but: Some(_), .. } => "CHANGE_PASSWORD",
            Self::Password { .. } => "RESET_PASSWORD",
            Self::Disable => "DISABLE_ACCOUNT",
            Self::Enable => "ENABLE_ACCOUNT",
            Self::Unlock => "UNLOCK_ACCOUNT",
        }
    }
}

/// Why an account was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Somebody goes by that login name.
    Login,
    /// The member of staff has one.
    Staff,
}

/// The account that somebody tries to get into.
#[derive(Clone)]
pub struct Attempted {
    /// Id.
    pub id: Uuid,
    /// PHC string.
    pub password_hash: String,
    /// Whether the holder must choose another password first.
    pub must_change: bool,
    /// Who its holder is, if the directory has him as active, and the account is neither disabled nor was locked before.
    pub principal: Option<Principal>,
    /// Set if this attempt, should it be refused, is the one that locks the account.
    pub locks_until: Option<DateTime<Utc>>,
}

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn create_account(&self, new: NewAccount, by: By) -> Result<Result<(), Taken>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let made = sqlx::query!(
                    "INSERT INTO account (id, login, staff_code, password_hash, created_time, password_changed_time, must_change)
                     VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT DO NOTHING",
                    new.id,
                    new.login,
                    new.staff_code,
                    new.password_hash,
                    by.at,
                    new.must_change,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if made == 0 {
                    let login = sqlx::query_scalar!("SELECT 1 FROM account WHERE login = $1", new.login)
                        .fetch_optional(tx)
                        .await?;
                    return Ok(Err(if login.is_some() { Taken::Login } else { Taken::Staff }));
                }
                tell(tx, &by, "CREATE_ACCOUNT", Some(new.id), String::new()).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Every account, by login name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query_as!(
                    AccountRow,
                    r#"SELECT a.id, a.login, a.staff_code, a.created_time, a.password_changed_time, a.failed_count,
                              a.locked_until, a.disabled, a.must_change, a.last_sign_in_time,
                              EXISTS (SELECT FROM directory_entry e
                                      WHERE e.kind = 5 AND e.code = a.staff_code AND e.active) AS "active!"
                       FROM account a ORDER BY a.login"#
                )
                .fetch_all(tx)
                .await?;
                Ok(rows)
            })
        })
        .await
    }

    /// Changes the account of a login name; `false` if there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn change_account(
        &self,
        login: String,
        change: AccountChange,
        by: By,
    ) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let id = sqlx::query_scalar!("SELECT id FROM account WHERE login = $1 FOR UPDATE", login)
                    .fetch_optional(&mut *tx)
                    .await?;
                let Some(id) = id else { return Ok(false) };
                apply(tx, id, &change, by.at).await?;
                tell(tx, &by, change.action(), Some(id), String::new()).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Gives an account another password, if it still has the one of `old_hash`; `false` otherwise.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn change_password(
        &self,
        account: Uuid,
        old_hash: String,
        change: AccountChange,
        by: By,
    ) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let same = sqlx::query_scalar!(
                    "SELECT 1 FROM account WHERE id = $1 AND password_hash = $2 AND NOT disabled FOR UPDATE",
                    account,
                    old_hash,
                )
                .fetch_optional(&mut *tx)
                .await?;
                if same.is_none() {
                    return Ok(false);
                }
                apply(tx, account, &change, by.at).await?;
                tell(tx, &by, change.action(), Some(account), String::new()).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Somebody tries to get into the account of `login`. The attempt counts as refused until it is right. An account that is disabled or locked is not counted.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin_attempt(
        &self,
        login: String,
        at: DateTime<Utc>,
        pause_after: fn(u32) -> TimeDelta,
    ) -> Result<Option<Attempted>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let row = sqlx::query!(
                    r#"SELECT a.id, a.password_hash, a.must_change, a.failed_count,
                              a.disabled OR COALESCE(a.locked_until > $2, false) AS "shut!",
                              e.code AS "code?", e.duty AS "duty?", e.channel AS "channel?",
                              e.branch_code AS "branch_code?", e.team_leader_code AS "team_leader_code?"
                       FROM account a
                       LEFT JOIN directory_entry e ON e.kind = 5 AND e.code = a.staff_code AND e.active
                       WHERE a.login = $1 FOR UPDATE OF a"#,
                    login,
                    at,
                )
                .fetch_optional(&mut *tx)
                .await?;
                let Some(row) = row else { return Ok(None) };
                let mut locks_until = None;
                if !row.shut {
                    let failed = row.failed_count.saturating_add(1);
                    let pause = pause_after(u32::try_from(failed).unwrap_or(0));
                    locks_until = (pause > TimeDelta::zero()).then(|| at + pause);
                    sqlx::query!(
                        "UPDATE account SET failed_count = $2, locked_until = $3 WHERE id = $1",
                        row.id,
                        failed,
                        locks_until,
                    )
                    .execute(tx)
                    .await?;
                }
                let member = row.code.filter(|_| !row.shut).map(|code| Member {
                    code,
                    duty: row.duty,
                    channel: row.channel,
                    branch_code: row.branch_code.unwrap_or_default(),
                    team_leader_code: row.team_leader_code.unwrap_or_default(),
                });
                Ok(Some(Attempted {
                    id: row.id,
                    password_hash: row.password_hash,
                    must_change: row.must_change,
                    principal: member.map(Member::principal).transpose()?,
                    locks_until,
                }))
            })
        })
        .await
    }

    /// Writes that an attempt was refused: of which account, if there is one. What was typed is not kept: it may be a password.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn attempt_refused(
        &self,
        account: Option<Uuid>,
        locked_until: Option<DateTime<Utc>>,
        by: By,
    ) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let (action, reason) = match locked_until {
                    Some(until) => ("LOCK_ACCOUNT", format!("until {until}")),
                    None => ("REFUSE_SIGN_IN", String::new()),
                };
                tell(tx, &by, action, account, reason).await
            })
        })
        .await
    }
}

async fn apply(tx: &mut Tx, id: Uuid, change: &AccountChange, at: DateTime<Utc>) -> Result<(), StoreError> {
    let (ends_sessions, but) = match change {
        AccountChange::Password { hash, must_change, but } => {
            sqlx::query!(
                "UPDATE account SET password_hash = $2, must_change = $3, password_changed_time = $4, failed_count = 0,
                        locked_until = NULL WHERE id = $1",
                id,
                hash,
                must_change,
                at,
            )
            .execute(&mut *tx)
            .await?;
            (true, *but)
        }
        AccountChange::Disable | AccountChange::Enable => {
            let disabled = matches!(change, AccountChange::Disable);
            sqlx::query!("UPDATE account SET disabled = $2 WHERE id = $1", id, disabled)
                .execute(&mut *tx)
                .await?;
            (disabled, None)
        }
        AccountChange::Unlock => {
            sqlx::query!("UPDATE account SET failed_count = 0, locked_until = NULL WHERE id = $1", id)
                .execute(&mut *tx)
                .await?;
            (false, None)
        }
    };
    if ends_sessions {
        sqlx::query!("DELETE FROM session WHERE account_id = $1 AND id IS DISTINCT FROM $2", id, but)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Leaves the audit entry.
async fn tell(
    tx: &mut Tx,
    by: &By,
    action: &'static str,
    account: Option<Uuid>,
    reason: String,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        id: by.audit_id,
        recorded_time: by.at,
        actor: by.actor.clone(),
        action: action.into(),
        subject_kind: SUBJECT_KIND.into(),
        subject_ids: account.into_iter().collect(),
        reason,
        digest: Vec::new(),
    };
    audit::append(tx, &entry).await
}
