//! An application as the seller took it down, right in every field: the material from which lines are written and
//! faults are planted.

use chrono::NaiveDate;

use super::household::Member;
use super::people::Human;
use super::serial::BankAccount;
use super::wire::{AccountKind, Channel, Kind, Product, ProductClass, Purpose, Term};

/// A right application.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) source: &'static str,
    pub(super) application_no: String,
    pub(super) revision: u64,
    pub(super) policy_no: String,
    pub(super) original_application_no: String,
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    pub(super) seller_code: String,
    pub(super) agency_code: String,
    pub(super) product: Product,
    pub(super) applied_on: NaiveDate,
    pub(super) policyholder: Human,
    pub(super) members: Vec<Member>,
    pub(super) accounts: Vec<DraftAccount>,
    pub(super) approvals: Vec<DraftApproval>,
}

/// A bank account with its holder.
#[derive(Debug, Clone)]
pub(super) struct DraftAccount {
    pub(super) purpose: Purpose,
    pub(super) number: String,
    pub(super) kind: AccountKind,
    pub(super) bank_code: &'static str,
    pub(super) holder_name: String,
}

/// An approval of a third-party payer.
#[derive(Debug, Clone)]
pub(super) struct DraftApproval {
    pub(super) serial: u64,
    pub(super) approved_on: NaiveDate,
    pub(super) account: String,
    pub(super) valid_until: NaiveDate,
}

impl Draft {
    /// The insured person at the place; the policyholder for who insures himself.
    pub(super) fn insured(&self, place: usize) -> Option<&Human> {
        self.members.get(place).map(|member| member.human.as_ref().unwrap_or(&self.policyholder))
    }

    /// The account from which the policyholder pays, if one is given.
    pub(super) fn premium_account(&self) -> Option<&DraftAccount> {
        self.accounts.iter().find(|account| account.purpose == Purpose::Premium)
    }
}

impl DraftAccount {
    /// An account of the person.
    pub(super) fn of(purpose: Purpose, holder: &Human) -> Self {
        Self::new(purpose, &holder.bank, &holder.name)
    }

    /// An account in the name.
    pub(super) fn new(purpose: Purpose, bank: &BankAccount, holder_name: &str) -> Self {
        let BankAccount { number, bank_code, passbook } = bank.clone();
        let kind = if passbook { AccountKind::Passbook } else { AccountKind::Card };
        Self { purpose, number, kind, bank_code, holder_name: holder_name.to_owned() }
    }
}

/// Products of one year and more.
pub(super) const PRODUCTS: [(Product, u32); 9] = [
    (product("PL20", "示例定期寿险", ProductClass::OrdinaryLife, Term::Years(20)), 12),
    (product("WL01", "示例终身寿险", ProductClass::OrdinaryLife, Term::WholeLife(true)), 14),
    (product("PA10", "示例两全保险（分红型）", ProductClass::Participating, Term::Years(10)), 30),
    (product("PA60", "示例年金保险（分红型）", ProductClass::Participating, Term::ToAge(60)), 12),
    (product("UL01", "示例投资连结保险", ProductClass::UnitLinked, Term::WholeLife(true)), 3),
    (product("UV01", "示例万能型终身寿险", ProductClass::Universal, Term::WholeLife(true)), 10),
    (product("CI01", "示例重大疾病保险", ProductClass::Health, Term::ToAge(80)), 12),
    // Exactly one year is inside article 4.
    (product("AC12", "示例一年期意外险", ProductClass::Accident, Term::Months(12)), 4),
    (product("AC1Y", "示例意外险（按日）", ProductClass::Accident, Term::Days(365)), 3),
];

/// Products of less than a year, outside article 4.
pub(super) const SHORT_PRODUCTS: [Product; 4] = [
    product("TR07", "示例旅行意外险", ProductClass::Accident, Term::Days(7)),
    product("AC01", "示例一个月意外险", ProductClass::Accident, Term::Months(1)),
    product("AC11", "示例十一个月意外险", ProductClass::Accident, Term::Months(11)),
    product("HE99", "示例短期健康险", ProductClass::Health, Term::Days(364)),
];

const fn product(code: &'static str, name: &'static str, class: ProductClass, term: Term) -> Product {
    Product { code, name, class: Some(class), term: Some(term), group: false }
}
