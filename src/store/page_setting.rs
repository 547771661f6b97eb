//! What a person has set for himself on the page: read whole, set, taken away. Row security shows everybody his own.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};
use crate::security::scope::Scope;

/// Kind of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A saved view of the worklist.
    View,
    /// Something that is switched off.
    Switch,
}

impl SettingKind {
    const fn code(self) -> i16 {
        match self {
            Self::View => 1,
            Self::Switch => 2,
        }
    }
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Which kind.
    pub kind: SettingKind,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub value: String,
}

impl Store {
    /// The settings of who acts, by name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn page_settings(&self, scope: Scope) -> Result<Vec<Setting>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT kind, name, value FROM page_setting WHERE owner = $1 ORDER BY kind, name",
                    scope.actor(),
                )
                .fetch_all(tx)
                .await?;
                let kind = |code| if code == 1 { SettingKind::View } else { SettingKind::Switch };
                Ok(rows
                    .into_iter()
                    .map(|row| Setting { kind: kind(row.kind), name: row.name, value: row.value })
                    .collect())
            })
        })
        .await
    }

    /// Sets one, in the place of what it said, unless who acts has `most` of its kind already; says whether it is set.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn set_page_setting(
        &self,
        scope: Scope,
        setting: Setting,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let done = sqlx::query!(
                    "INSERT INTO page_setting (owner, kind, name, value, changed_time)
                     SELECT $1, $2, $3, $4, $5
                     WHERE (SELECT count(*) FROM page_setting WHERE owner = $1 AND kind = $2 AND name <> $3) < $6
                     ON CONFLICT (owner, kind, name) DO UPDATE SET value = $4, changed_time = $5",
                    scope.actor(),
                    setting.kind.code(),
                    setting.name,
                    setting.value,
                    now,
                    most,
                )
                .execute(tx)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Takes one away; it need not be there.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn drop_page_setting(
        &self,
        scope: Scope,
        kind: SettingKind,
        name: String,
    ) -> Result<(), StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "DELETE FROM page_setting WHERE owner = $1 AND kind = $2 AND name = $3",
                    scope.actor(),
                    kind.code(),
                    name,
                )
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await
    }
}
