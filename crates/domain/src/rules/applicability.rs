//! Article 4: which business the rules are for. 「保險期限爲一年期及以上的個人人身保險業務，包括分紅險、投連險、萬能險、普通壽險、
//! 意外險和健康險」. Scope follows the main contract, not its riders.
//!
//! Only what is *stated* takes an application out of scope: group business, or a term under one year. A missing class
//! or term is a finding, never a way around the rules.

use crate::{
    application::{Product, Term},
    finding::{Code, FieldPath, Severity},
    rule::{Context, Findings, Rule},
};

/// Months of the shortest term in scope.
const MONTHS_OF_A_YEAR: u32 = 12;
/// Days of the shortest term in scope.
const DAYS_OF_A_YEAR: u32 = 365;

/// The product class of article 4 is not stated.
pub const PRODUCT_CLASS_MISSING: Code =
    Code { name: "PRODUCT_CLASS_MISSING", article: Some(4), severity: Severity::Blocking, args: &[] };

/// The term of the main contract is not stated.
pub const PRODUCT_TERM_MISSING: Code =
    Code { name: "PRODUCT_TERM_MISSING", article: Some(4), severity: Severity::Blocking, args: &[] };

/// Asks for what article 4 is decided by.
#[derive(Debug)]
pub struct Applicability;

impl Rule for Applicability {
    fn codes(&self) -> &'static [Code] {
        &[PRODUCT_CLASS_MISSING, PRODUCT_TERM_MISSING]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let product = &cx.application.product;
        if product.class.is_none() {
            out.add(PRODUCT_CLASS_MISSING, FieldPath::new("product").field("class"));
        }
        if !product.term.is_some_and(is_stated) {
            out.add(PRODUCT_TERM_MISSING, FieldPath::new("product").field("term"));
        }
    }
}

/// Whether the rules are for this product.
pub fn in_scope(product: &Product) -> bool {
    !product.group && !product.term.is_some_and(is_under_one_year)
}

/// A length of zero states nothing.
const fn is_stated(term: Term) -> bool {
    !matches!(term, Term::Years(0) | Term::Months(0) | Term::Days(0) | Term::ToAge(0))
}

const fn is_under_one_year(term: Term) -> bool {
    match term {
        Term::Months(months) => months > 0 && months < MONTHS_OF_A_YEAR,
        Term::Days(days) => days > 0 && days < DAYS_OF_A_YEAR,
        Term::Years(_) | Term::ToAge(_) | Term::WholeLife => false,
    }
}
