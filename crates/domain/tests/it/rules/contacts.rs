//! Cases of telephones, accounts, names, addresses and e-mail, at every place where one can stand.

use zhenshi_domain::application::{AccountKind, AccountPurpose, Address};

use super::{Case, insured};
use crate::sample::account;

pub(super) const PHONES: &[Case] = &[
    Case(
        "a bad second phone",
        |a| a.policyholder.phones.push("14258273946".into()),
        &["PHONE_UNASSIGNED policyholder.phones[1]"],
    ),
    Case(
        "the phone of an insured",
        |a| insured(a).phones = vec!["65529988".into()],
        &["PHONE_FORMAT insureds[0].person.phones[0] area-code"],
    ),
    Case(
        "a machine",
        |a| a.policyholder.phones = vec!["1064858273946".into()],
        &["PHONE_NOT_PERSONAL policyholder.phones[0] machine"],
    ),
    Case(
        "a data card",
        |a| a.policyholder.phones = vec!["14958273946".into()],
        &["PHONE_UNUSUAL policyholder.phones[0] data-card"],
    ),
    Case(
        "a placeholder beside a real one",
        |a| a.policyholder.phones.push("13800138000".into()),
        &["FIELD_PLACEHOLDER policyholder.phones[1]"],
    ),
    Case(
        "a placeholder that is the only one",
        |a| a.policyholder.phones = vec!["13800138000".into()],
        &["FIELD_PLACEHOLDER policyholder.phones[0]"],
    ),
    Case(
        "a placeholder of an insured, who needs no phone",
        |a| insured(a).phones = vec!["13912345678".into()],
        &["FIELD_PLACEHOLDER insureds[0].person.phones[0]"],
    ),
    Case("an insured who says that he has none", |a| insured(a).phones = vec!["无".into()], &[]),
];

pub(super) const ACCOUNTS: &[Case] = &[
    Case(
        "length",
        |a| a.accounts[0].number = "62220206506".into(),
        &["ACCOUNT_FORMAT accounts[0].number length"],
    ),
    Case(
        "check digit",
        |a| a.accounts[0].number = "6222020650662277329".into(),
        &["ACCOUNT_CHECK_DIGIT accounts[0].number"],
    ),
    Case(
        "a passbook has none",
        |a| {
            a.accounts[0].number = "6222020650662277329".into();
            a.accounts[0].kind = Some(AccountKind::Passbook);
        },
        &[],
    ),
    Case(
        "of unknown kind, and as long as a card",
        |a| {
            a.accounts[0].number = "0200003209022105731".into();
            a.accounts[0].kind = None;
        },
        &["ACCOUNT_KIND_DOUBTFUL accounts[0].number"],
    ),
    Case(
        "spreadsheet",
        |a| a.accounts[0].number = "6.22202E+18".into(),
        &["ACCOUNT_DAMAGED accounts[0].number scientific"],
    ),
    Case(
        "the second account",
        |a| a.accounts.push(account(AccountPurpose::Benefit, "6222****1234", "测试乙")),
        &["ACCOUNT_DAMAGED accounts[1].number masked"],
    ),
    Case(
        "zeros",
        |a| a.accounts[0].number = "0000000000000000".into(),
        &["FIELD_PLACEHOLDER accounts[0].number"],
    ),
];

pub(super) const NAMES: &[Case] = &[
    Case("damage", |a| insured(a).name = "测?乙".into(), &["NAME_FORMAT insureds[0].person.name damaged"]),
    Case(
        "an organisation",
        |a| insured(a).name = "示例有限公司".into(),
        &["NAME_NOT_PERSONAL insureds[0].person.name organisation"],
    ),
    Case(
        "one character",
        |a| insured(a).name = "测".into(),
        &["NAME_UNUSUAL insureds[0].person.name one-character"],
    ),
    Case(
        "the holder of an account",
        |a| a.accounts.push(account(AccountPurpose::Benefit, "6222020650662277328", "测试2")),
        &["NAME_FORMAT accounts[1].holder_name digit"],
    ),
    Case(
        "an organisation may hold an account",
        |a| a.accounts.push(account(AccountPurpose::Benefit, "6222020650662277328", "示例2号有限公司")),
        &[],
    ),
];

pub(super) const ADDRESSES: &[Case] = &[
    Case(
        "only a region",
        |a| a.policyholder.address = Address { text: "河北省石家庄市".into(), ..Address::default() },
        &["ADDRESS_UNUSABLE policyholder.address region-only"],
    ),
    Case(
        "an insured's, without number",
        |a| insured(a).address.detail = "示例路".into(),
        &["ADDRESS_INCOMPLETE insureds[0].person.address detail"],
    ),
    Case("not given", |a| insured(a).address = Address::default(), &[]),
    Case("e-mail", |a| insured(a).email = "nobody@".into(), &["EMAIL_FORMAT insureds[0].person.email"]),
    Case("no e-mail", |a| insured(a).email = "无".into(), &[]),
];
