//! Comparing both epochs: everything of the old one has its counterpart in the new one, and values are shared by the same parties.
//!
//! Every writer writes both since the rotation was opened, so what holds once holds until the switch. What is of a party whose key is
//! destroyed cannot be made anew and is not meant to be: it is counted apart.

use super::progress::cursors;
use crate::store::{Scope, Store, StoreError};

/// What was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Values that contacts have in the old epoch.
    pub values: i64,
    /// Of those, the ones that in the new epoch are not shared by exactly the same contacts.
    pub values_missed: i64,
    /// Customers who are not found in the new epoch.
    pub customers_missed: i64,
    /// Approvals that are not.
    pub approvals_missed: i64,
    /// Sealed parties that are not found by their certificate in the new epoch.
    pub subjects_missed: i64,
    /// Contacts and persons of the directory that are not in the new epoch.
    pub directory_missed: i64,
    /// Of parties and customers whose keys are destroyed: they have no counterpart by intention.
    pub destroyed: i64,
}

impl Comparison {
    /// Whether nothing is missed.
    pub const fn is_whole(&self) -> bool {
        self.missed() == 0
    }

    /// Everything that is missed.
    pub const fn missed(&self) -> i64 {
        self.values_missed
            + self.customers_missed
            + self.approvals_missed
            + self.subjects_missed
            + self.directory_missed
    }
}

impl Store {
    /// Compares the epochs of the rotation to `to`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn compare_epochs(&self, to: i16) -> Result<Comparison, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let cursors = cursors(tx, to).await?;
                // Reads all contacts of both epochs, once a rotation.
                sqlx::query!("SELECT set_config('statement_timeout', '1h', true)")
                    .fetch_one(&mut *tx)
                    .await?;
                let values = sqlx::query_file!("src/store/epoch/values.sql", cursors.from, cursors.to)
                    .fetch_one(&mut *tx)
                    .await?;
                let others = sqlx::query_file!("src/store/epoch/others.sql", cursors.from, cursors.to)
                    .fetch_one(&mut *tx)
                    .await?;
                Ok(Comparison {
                    values: values.all,
                    values_missed: values.missed,
                    customers_missed: others.customers,
                    approvals_missed: others.approvals,
                    subjects_missed: others.subjects,
                    directory_missed: others.contacts + others.persons,
                    destroyed: others.destroyed,
                })
            })
        })
        .await
    }
}
