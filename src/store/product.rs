//! The main contract's class and term, which stand in plain beside a submission: cooling-off goes by them.

use uuid::Uuid;
use zhenshi_domain::{
    application::{Channel, Product, ProductClass, Term},
    cooling_off::{Sale, is_over_one_year},
};

use super::{StoreError, codes::Coded};

/// Class and term, as far as the application stated them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProductRow {
    /// Class.
    pub class: Option<ProductClass>,
    /// Term.
    pub term: Option<Term>,
}

/// The columns of a [`ProductRow`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) product_class: Option<i16>,
    pub(super) term_unit: Option<i16>,
    pub(super) term_length: Option<i32>,
}

const YEARS: i16 = 1;
const MONTHS: i16 = 2;
const DAYS: i16 = 3;
const TO_AGE: i16 = 4;
const WHOLE_LIFE: i16 = 5;

impl ProductRow {
    /// What the table of cooling-off goes by, for a sale in `channel`.
    pub fn sale(self, channel: Channel) -> Sale {
        Sale { channel, class: self.class, over_one_year: self.term.is_some_and(is_over_one_year) }
    }

    pub(super) fn columns(self) -> Columns {
        let term = self.term.map(|term| match term {
            Term::Years(length) => (YEARS, length),
            Term::Months(length) => (MONTHS, length),
            Term::Days(length) => (DAYS, length),
            Term::ToAge(length) => (TO_AGE, length),
            Term::WholeLife => (WHOLE_LIFE, 0),
        });
        Columns {
            product_class: self.class.map(Coded::number),
            term_unit: term.map(|(unit, _)| unit),
            // A length beyond the column's is beyond every calendar too.
            term_length: term.map(|(_, length)| i32::try_from(length).unwrap_or(i32::MAX)),
        }
    }

    /// Class and term of the submission `row`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a column does not hold what [`ProductRow::columns`] writes.
    pub(super) fn read(columns: Columns, row: Uuid) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "submission", column, row: row.to_string() };
        let length = columns.term_length.map(u32::try_from).transpose();
        let length = length.map_err(|_| corrupt("term_length"))?;
        let term = match (columns.term_unit, length) {
            (None, None) => None,
            (Some(YEARS), Some(length)) => Some(Term::Years(length)),
            (Some(MONTHS), Some(length)) => Some(Term::Months(length)),
            (Some(DAYS), Some(length)) => Some(Term::Days(length)),
            (Some(TO_AGE), Some(length)) => Some(Term::ToAge(length)),
            (Some(WHOLE_LIFE), Some(0)) => Some(Term::WholeLife),
            _ => return Err(corrupt("term_unit")),
        };
        let class = columns.product_class.map(|class| ProductClass::from_number(class, row)).transpose()?;
        Ok(Self { class, term })
    }
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        Self { class: product.class, term: product.term }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let class = Some(ProductClass::Health);
        for row in [
            ProductRow::default(),
            ProductRow { class, term: None },
            ProductRow { class: None, term: Some(Term::Years(20)) },
            ProductRow { class, term: Some(Term::Months(6)) },
            ProductRow { class, term: Some(Term::Days(0)) },
            ProductRow { class, term: Some(Term::ToAge(60)) },
            ProductRow { class, term: Some(Term::WholeLife) },
        ] {
            assert_eq!(ProductRow::read(row.columns(), Uuid::nil()).unwrap(), row);
        }
        let endless = ProductRow { class, term: Some(Term::Years(u32::MAX)) };
        let read = ProductRow::read(endless.columns(), Uuid::nil()).unwrap();
        assert_eq!(read.sale(Channel::Direct), endless.sale(Channel::Direct));
    }

    #[test]
    fn what_nobody_wrote_is_reported() {
        for (product_class, term_unit, term_length) in [
            (Some(7), None, None),
            (None, Some(6), Some(1)),
            (None, Some(YEARS), None),
            (None, None, Some(1)),
            (None, Some(YEARS), Some(-1)),
            (None, Some(WHOLE_LIFE), Some(1)),
        ] {
            let columns = Columns { product_class, term_unit, term_length };
            assert!(ProductRow::read(columns, Uuid::nil()).is_err(), "{columns:?}");
        }
    }
}
