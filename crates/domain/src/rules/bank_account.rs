//! Article 11: 「如實完整地填寫……銀行賬號」. Every account of the application by its kind; [`bank_account::check`] says what
//! is right. Whose it is, is asked by [`super::payer`].

use super::contacts;
use crate::{
    contact::bank_account::{
        self,
        codes::{ACCOUNT_CHECK_DIGIT, ACCOUNT_DAMAGED, ACCOUNT_FORMAT, ACCOUNT_KIND_DOUBTFUL},
    },
    finding::{Code, FieldPath},
    rule::{Context, Findings, Rule},
};

/// Judges account numbers.
#[derive(Debug)]
pub struct BankAccounts;

impl Rule for BankAccounts {
    fn codes(&self) -> &'static [Code] {
        &[ACCOUNT_FORMAT, ACCOUNT_DAMAGED, ACCOUNT_CHECK_DIGIT, ACCOUNT_KIND_DOUBTFUL]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (index, account) in cx.application.accounts.iter().enumerate() {
            let text = account.number.expose();
            if contacts::is_judged(text) {
                let path = || FieldPath::new("accounts").index(index).field("number");
                contacts::report(&bank_account::faults(account.kind, text), || false, text, path, out);
            }
        }
    }
}
