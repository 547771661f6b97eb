//! The columns of a baseline in CSV: what each is called, where it goes in the message, and how its cells are read.
//! `docs/baseline.md` lists them for whoever writes such a file; a test compares the two. To add a column, add its line.

use super::cell::{self, Cell};

/// A column.
pub(super) struct Column {
    /// Heading in English.
    pub(super) name: &'static str,
    /// Heading in Chinese.
    pub(super) chinese: &'static str,
    /// Where it goes: names of the message's proto3 JSON form. `insured` is the one insured of the row; `premium`,
    /// `benefit` and `claim` are its accounts.
    pub(super) path: &'static str,
    /// How its cells are read.
    pub(super) cell: Cell,
}

const fn column(name: &'static str, chinese: &'static str, path: &'static str, cell: Cell) -> Column {
    Column { name, chinese, path, cell }
}

/// Every column, in the order of the documentation.
pub(super) const COLUMNS: &[Column] = &[
    column("source", "来源系统", "source", Cell::Text),
    column("application_no", "投保单号", "applicationNo", Cell::Text),
    column("policy_no", "保单号", "policyNo", Cell::Text),
    column("kind", "业务类型", "kind", Cell::Word(cell::KINDS)),
    column("channel", "销售渠道", "channel", Cell::Word(cell::CHANNELS)),
    column("branch_code", "分支机构代码", "branchCode", Cell::Text),
    column("seller_code", "销售人员工号", "sellerCode", Cell::Text),
    column("agency_code", "代理机构代码", "agencyCode", Cell::Text),
    column("product_code", "产品代码", "product.code", Cell::Text),
    column("product_name", "产品名称", "product.name", Cell::Text),
    column("product_class", "险种类别", "product.class", Cell::Word(cell::CLASSES)),
    column("product_term", "保险期间", "product.term", Cell::Term),
    column("group", "是否团险", "product.group", Cell::YesNo),
    column("applied_on", "投保日期", "appliedOn", Cell::Date),
    column("policyholder_name", "投保人姓名", "policyholder.name", Cell::Text),
    column("policyholder_sex", "投保人性别", "policyholder.sex", Cell::Word(cell::SEXES)),
    column("policyholder_birth_date", "投保人出生日期", "policyholder.birthDate", Cell::Date),
    column(
        "policyholder_certificate_kind",
        "投保人证件类型",
        "policyholder.certificate.kind",
        Cell::Word(cell::CERTIFICATES),
    ),
    column(
        "policyholder_certificate_number",
        "投保人证件号码",
        "policyholder.certificate.number",
        Cell::Text,
    ),
    column(
        "policyholder_certificate_valid_until",
        "投保人证件有效期至",
        "policyholder.certificate.validUntil",
        Cell::LastDay,
    ),
    column("policyholder_phones", "投保人电话", "policyholder.phones", Cell::List),
    column("policyholder_email", "投保人电子邮箱", "policyholder.email", Cell::Text),
    column("policyholder_address", "投保人地址", "policyholder.address.text", Cell::Text),
    column("policyholder_nationality", "投保人国籍", "policyholder.nationality", Cell::Text),
    column("relation", "被保险人与投保人关系", "insured.relation", Cell::Word(cell::RELATIONS)),
    column("insured_name", "被保险人姓名", "insured.person.name", Cell::Text),
    column("insured_sex", "被保险人性别", "insured.person.sex", Cell::Word(cell::SEXES)),
    column("insured_birth_date", "被保险人出生日期", "insured.person.birthDate", Cell::Date),
    column(
        "insured_certificate_kind",
        "被保险人证件类型",
        "insured.person.certificate.kind",
        Cell::Word(cell::CERTIFICATES),
    ),
    column("insured_certificate_number", "被保险人证件号码", "insured.person.certificate.number", Cell::Text),
    column(
        "insured_certificate_valid_until",
        "被保险人证件有效期至",
        "insured.person.certificate.validUntil",
        Cell::LastDay,
    ),
    column("insured_phones", "被保险人电话", "insured.person.phones", Cell::List),
    column("insured_email", "被保险人电子邮箱", "insured.person.email", Cell::Text),
    column("insured_address", "被保险人地址", "insured.person.address.text", Cell::Text),
    column("insured_nationality", "被保险人国籍", "insured.person.nationality", Cell::Text),
    column("premium_account", "缴费账号", "premium.number", Cell::Text),
    column("premium_account_kind", "缴费账户类型", "premium.kind", Cell::Word(cell::ACCOUNT_KINDS)),
    column("premium_account_bank", "缴费银行代码", "premium.bankCode", Cell::Text),
    column("premium_account_holder", "缴费账户户名", "premium.holderName", Cell::Text),
    column("benefit_account", "给付账号", "benefit.number", Cell::Text),
    column("benefit_account_kind", "给付账户类型", "benefit.kind", Cell::Word(cell::ACCOUNT_KINDS)),
    column("benefit_account_bank", "给付银行代码", "benefit.bankCode", Cell::Text),
    column("benefit_account_holder", "给付账户户名", "benefit.holderName", Cell::Text),
    column("claim_account", "理赔账号", "claim.number", Cell::Text),
    column("claim_account_kind", "理赔账户类型", "claim.kind", Cell::Word(cell::ACCOUNT_KINDS)),
    column("claim_account_bank", "理赔银行代码", "claim.bankCode", Cell::Text),
    column("claim_account_holder", "理赔账户户名", "claim.holderName", Cell::Text),
];

/// Columns that a file must have.
pub(super) const REQUIRED: &[&str] =
    &["application_no", "channel", "policyholder_name", "policyholder_certificate_number"];

/// The column of a heading, in either language and any case.
pub(super) fn named(heading: &str) -> Option<&'static Column> {
    let heading = heading.trim();
    COLUMNS.iter().find(|column| column.name.eq_ignore_ascii_case(heading) || column.chinese == heading)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_heading_and_every_place_stands_once() {
        let once = |of: fn(&Column) -> &'static str| COLUMNS.iter().map(of).collect::<BTreeSet<_>>().len();
        let all = COLUMNS.len();
        assert_eq!((once(|c| c.name), once(|c| c.chinese), once(|c| c.path)), (all, all, all));
        assert!(REQUIRED.iter().all(|name| named(name).is_some()));
        assert!(named("投保单号").is_some() && named(" Application_No ").is_some() && named("x").is_none());
    }

    #[test]
    fn the_documentation_lists_every_column() {
        let page = include_str!("../../../docs/baseline.md");
        for column in COLUMNS {
            let row = format!("| `{}` | {} |", column.name, column.chinese);
            assert!(page.contains(&row), "docs/baseline.md lacks {row}");
        }
    }
}
