//! Cases of article 11, and of texts that cannot be read.

use zhenshi_domain::{
    application::{AccountPurpose, Application, Approval, ApprovalKind, DateInput},
    personal::Personal,
};

use super::{Case, insured};
use crate::sample::{account, date};

pub(super) fn approval() -> Approval {
    Approval {
        kind: Some(ApprovalKind::ThirdPartyPayer),
        reference: "R1".into(),
        approver: "S1".into(),
        approved_on: date(2026, 11, 23),
        account: "6222-0206 50662277328".into(),
        valid_until: date(2026, 11, 23),
    }
}

pub(super) fn paid_by_another(application: &mut Application, change: fn(&mut Approval)) {
    application.accounts[0].holder_name = "测试丙".into();
    let mut approval = approval();
    change(&mut approval);
    application.approvals.push(approval);
}

pub(super) const PAYER: &[Case] = &[
    Case(
        "no approval",
        |a| a.accounts[0].holder_name = "测试丙".into(),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name none"],
    ),
    Case(
        "the insured is another, too",
        |a| a.accounts[0].holder_name = "测试乙".into(),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name none"],
    ),
    Case("approved until today", |a| paid_by_another(a, |_| {}), &[]),
    Case(
        "approved, but the kind is not said",
        |a| paid_by_another(a, |x| x.kind = None),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name none"],
    ),
    Case(
        "expired",
        |a| paid_by_another(a, |x| x.valid_until = date(2026, 11, 22)),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name expired"],
    ),
    Case(
        "endless",
        |a| paid_by_another(a, |x| x.valid_until = DateInput::Unset),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name incomplete"],
    ),
    Case(
        "approved on no day",
        |a| paid_by_another(a, |x| x.approved_on = DateInput::Impossible),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name incomplete"],
    ),
    Case(
        "approved after the application",
        |a| {
            a.applied_on = date(2026, 11, 22);
            paid_by_another(a, |_| {});
        },
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name not-yet-approved"],
    ),
    Case(
        "no reference",
        |a| paid_by_another(a, |x| x.reference = " ".into()),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name incomplete"],
    ),
    Case(
        "no approver",
        |a| paid_by_another(a, |x| x.approver.clear()),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name incomplete"],
    ),
    Case(
        "another account",
        |a| paid_by_another(a, |x| x.account = "6222020650662277336".into()),
        &["PAYER_NOT_POLICYHOLDER accounts[0].holder_name other-account"],
    ),
    Case(
        "one valid approval among others",
        |a| {
            paid_by_another(a, |x| x.valid_until = date(2026, 1, 1));
            a.approvals.push(approval());
        },
        &[],
    ),
    Case(
        "the same name in another spelling",
        |a| {
            a.policyholder.name = "测试·甲尔".into();
            a.accounts[0].holder_name = "测试 ． 甲尔\u{200B}".into();
        },
        &[],
    ),
    Case(
        "benefits may go to anybody",
        |a| a.accounts[0] = account(AccountPurpose::Benefit, "6222020650662277328", "测试丙"),
        &[],
    ),
    Case(
        "nothing to compare with",
        |a| {
            a.policyholder.name = Personal::default();
            a.accounts[0].holder_name = "测试丙".into();
        },
        &["FIELD_MISSING policyholder.name"],
    ),
    Case(
        "the second account",
        |a| a.accounts.push(account(AccountPurpose::Premium, "6222020650662277336", "测试丙")),
        &["PAYER_NOT_POLICYHOLDER accounts[1].holder_name none"],
    ),
];

pub(super) const READABLE: &[Case] = &[
    Case("NUL", |a| a.branch_code = "44\0".into(), &["FIELD_UNREADABLE branch_code"]),
    Case(
        "line break in a name",
        |a| insured(a).name = "测试\n甲".into(),
        &["FIELD_UNREADABLE insureds[0].person.name"],
    ),
    Case("64 characters", |a| a.seller_code = "支".repeat(64), &[]),
    Case("65 characters", |a| a.seller_code = "支".repeat(65), &["FIELD_TOO_LONG seller_code too-long 64"]),
    Case(
        "21 telephones",
        |a| {
            let phone = a.policyholder.phones[0].clone();
            a.policyholder.phones = vec![phone; 21];
        },
        &["FIELD_TOO_LONG policyholder.phones too-many 20"],
    ),
    Case("an account for nothing", |a| a.accounts[0].purpose = None, &["FIELD_MISSING accounts[0].purpose"]),
];
