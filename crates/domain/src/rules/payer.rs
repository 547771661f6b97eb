//! Article 11: 「除非特殊情形並依循公司內部的調查審批程序，嚴禁從非投保人以外的銀行帳戶扣劃繳納保險費」. The double negation of the
//! text is read as 「投保人以外」: premium may be drawn from the policyholder's own account only, unless an approval allows it.

use chrono::NaiveDate;

use crate::{
    application::{Account, AccountPurpose, Approval, ApprovalKind},
    contact::{bank_account, person_name},
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    rule::{Context, Findings, Rule},
    text::is_blank,
};

/// Premium is drawn from an account that is not the policyholder's, and no valid approval allows it.
pub const PAYER_NOT_POLICYHOLDER: Code = Code {
    name: "PAYER_NOT_POLICYHOLDER",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys(
        "reason",
        &[
            Flaw::None.key(),
            Flaw::OtherAccount.key(),
            Flaw::Incomplete.key(),
            Flaw::NotYetApproved.key(),
            Flaw::Expired.key(),
        ],
    )],
};

/// Asks whose account pays.
#[derive(Debug)]
pub struct Payer;

impl Rule for Payer {
    fn codes(&self) -> &'static [Code] {
        &[PAYER_NOT_POLICYHOLDER]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        // A missing name on either side is a finding of article 5; nothing can be compared with it.
        let Some(policyholder) = person_name::form(cx.application.policyholder.name.expose()) else { return };
        for (index, account) in cx.application.accounts.iter().enumerate() {
            if account.purpose != Some(AccountPurpose::Premium) {
                continue;
            }
            let holder = person_name::form(account.holder_name.expose());
            if holder.is_none_or(|holder| holder == policyholder) {
                continue;
            }
            if let Err(flaw) = approved(account, &cx.application.approvals, cx.as_of) {
                let path = FieldPath::new("accounts").index(index).field("holder_name");
                out.add_with(PAYER_NOT_POLICYHOLDER, path, vec![("reason", Arg::Key(flaw.key()))]);
            }
        }
    }
}

/// Why an approval does not allow an account, from the furthest to the nearest miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Flaw {
    /// There is no approval of this kind.
    None,
    /// It is for another account.
    OtherAccount,
    /// Reference, approver or a date is missing.
    Incomplete,
    /// It was given after the application.
    NotYetApproved,
    /// It ended before the application.
    Expired,
}

impl Flaw {
    /// Its word in the catalogue.
    const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OtherAccount => "other-account",
            Self::Incomplete => "incomplete",
            Self::NotYetApproved => "not-yet-approved",
            Self::Expired => "expired",
        }
    }
}

/// Whether one of the approvals allows the account on the day `as_of`; otherwise the nearest miss.
fn approved(account: &Account, approvals: &[Approval], as_of: NaiveDate) -> Result<(), Flaw> {
    let number = bank_account::fingerprint_form(account.number.expose());
    let mut nearest = Flaw::None;
    for approval in approvals.iter().filter(|approval| approval.kind == Some(ApprovalKind::ThirdPartyPayer)) {
        match allows(approval, number.as_deref(), as_of) {
            Ok(()) => return Ok(()),
            Err(flaw) => nearest = nearest.max(flaw),
        }
    }
    Err(nearest)
}

fn allows(approval: &Approval, number: Option<&str>, as_of: NaiveDate) -> Result<(), Flaw> {
    let Some(allowed) = bank_account::fingerprint_form(approval.account.expose()) else {
        return Err(Flaw::Incomplete);
    };
    if number != Some(allowed.as_str()) {
        return Err(Flaw::OtherAccount);
    }
    // Without a date of its own an approval has neither begun nor an end.
    let (Some(approved_on), Some(valid_until)) = (approval.approved_on.day(), approval.valid_until.day())
    else {
        return Err(Flaw::Incomplete);
    };
    if is_blank(&approval.reference) || is_blank(&approval.approver) {
        return Err(Flaw::Incomplete);
    }
    if approved_on > as_of {
        return Err(Flaw::NotYetApproved);
    }
    if valid_until < as_of {
        return Err(Flaw::Expired);
    }
    Ok(())
}
