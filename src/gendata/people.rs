//! Synthetic people: who somebody truly is, before anybody writes it into an application.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};

use super::county::{COUNTIES, County};
use super::id_number::Parts;
use super::luck::Luck;
use super::name::{Look, name};
use super::serial::{BankAccount, Numbers};
use super::wire::{CertificateKind, Sex};

/// Sequences per county, birth day and sex: 1 to 993 odd, 2 to 994 even. 996 to 999 are left out: the 15-digit scheme
/// meant them for centenarians.
const SEQUENCES: u32 = 497;
/// Walks through the sequences of a birth day; a prime that does not divide counties times sequences.
const SEQUENCE_STEP: u64 = 7_919;
/// People born later never had a 15-digit number.
const LAST_FIFTEEN_DIGIT_BIRTH: (i32, u32, u32) = (1999, 9, 30);

/// A person as he is.
#[derive(Debug, Clone)]
pub(super) struct Human {
    pub(super) name: String,
    pub(super) sex: Sex,
    pub(super) birth: NaiveDate,
    pub(super) papers: Papers,
    /// Bare mobile number; empty for who has none.
    pub(super) phone: String,
    /// Fixed line; empty for who has none.
    pub(super) landline: String,
    pub(super) email: String,
    pub(super) home: Home,
    pub(super) bank: BankAccount,
}

/// What somebody identifies himself with.
#[derive(Debug, Clone)]
pub(super) enum Papers {
    /// A resident ID number, on the card or in the household register.
    Resident {
        /// The card or the register.
        kind: CertificateKind,
        /// County of the first registration.
        county: &'static str,
        /// Sequence within county, day and sex.
        sequence: u32,
        /// Written in its old form of 15 digits.
        fifteen: bool,
    },
    /// Another document with a number of its own.
    Document {
        /// What kind.
        kind: CertificateKind,
        /// Its number.
        number: String,
        /// Nationality to state, or empty.
        nationality: &'static str,
        /// Whether it expires.
        expires: bool,
    },
    /// Nothing with a number, as a small child may have; the kind is stated or not.
    Numberless(Option<CertificateKind>),
}

/// Where somebody lives.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) county: &'static County,
    pub(super) detail: String,
}

impl Human {
    /// The parts of the resident number, or `None` for who has no such number.
    pub(super) fn parts(&self) -> Option<Parts<'static>> {
        use chrono::Datelike as _;
        let Papers::Resident { county, sequence, .. } = self.papers else { return None };
        let (year, month, day) = (self.birth.year(), self.birth.month(), self.birth.day());
        Some(Parts { county, year, month, day, sequence })
    }

    /// The number as it stands on the paper, in its plain form; empty without one.
    pub(super) fn number(&self) -> String {
        match (&self.papers, self.parts()) {
            (Papers::Resident { fifteen: true, .. }, Some(parts)) => parts.fifteen(),
            (_, Some(parts)) => parts.eighteen(),
            (Papers::Document { number, .. }, None) => number.clone(),
            _ => String::new(),
        }
    }

    /// Changes between the 15-digit and the 18-digit form of the same number. False if he cannot have had both.
    pub(super) fn turn_number(&mut self) -> bool {
        let old_enough = had_fifteen_digits(self.birth);
        let Papers::Resident { fifteen, .. } = &mut self.papers else { return false };
        if old_enough {
            *fifteen = !*fifteen;
        }
        old_enough
    }
}

/// True if somebody born on the day can have had a 15-digit number.
fn had_fifteen_digits(birth: NaiveDate) -> bool {
    let (year, month, day) = LAST_FIFTEEN_DIGIT_BIRTH;
    NaiveDate::from_ymd_opt(year, month, day).is_some_and(|last| birth <= last)
}

/// Makes people, no two of them alike.
pub(super) struct People {
    pub(super) numbers: Numbers,
    serial: u64,
    /// How many were born on a day, by sex: bounded by the days of a century.
    births: HashMap<NaiveDate, [u64; 2]>,
}

impl People {
    /// An empty country.
    pub(super) fn new(luck: &mut Luck) -> Self {
        Self { numbers: Numbers::new(luck), serial: 0, births: HashMap::new() }
    }

    /// A new serial number, for what must not repeat.
    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// An adult with a resident ID card, of an age between the two (in years) on the day.
    pub(super) fn adult(&mut self, luck: &mut Luck, on: NaiveDate, ages: (u32, u32), sex: Sex) -> Human {
        let birth = birth_date(luck, on, ages);
        self.human(luck, birth, sex)
    }

    /// Somebody born on the day, with a resident ID card.
    pub(super) fn human(&mut self, luck: &mut Luck, birth: NaiveDate, sex: Sex) -> Human {
        let serial = self.serial();
        let look = luck.weighted(&[(Look::Plain, 980), (Look::Dotted, 12), (Look::Rare, 8)]);
        let (county, sequence) = self.place(birth, sex);
        let fifteen = luck.percent(2) && had_fifteen_digits(birth);
        Human {
            name: name(serial, look),
            sex,
            birth,
            papers: Papers::Resident { kind: CertificateKind::ResidentId, county, sequence, fifteen },
            phone: self.numbers.mobile(),
            landline: if luck.percent(6) { self.numbers.landline() } else { String::new() },
            email: if luck.percent(30) { format!("sample{serial}@example.com") } else { String::new() },
            home: home(luck, serial),
            bank: if luck.percent(8) { self.numbers.passbook() } else { self.numbers.card() },
        }
    }

    /// Gives somebody another document than a resident ID card.
    pub(super) fn change_papers(&mut self, luck: &mut Luck, human: &mut Human) {
        let (kind, prefix, nationality) = luck.weighted(&[
            ((CertificateKind::HkMacauTravelPermit, "H", ""), 5),
            ((CertificateKind::HkMacauTravelPermit, "M", ""), 1),
            ((CertificateKind::TaiwanTravelPermit, "", ""), 2),
            ((CertificateKind::ForeignPassport, "SP", "SGP"), 1),
            ((CertificateKind::ForeignPassport, "UK", "GB"), 1),
        ]);
        let mut number = prefix.to_owned() + &self.numbers.document();
        if kind == CertificateKind::HkMacauTravelPermit && luck.percent(50) {
            // The renewal count.
            number.push_str(luck.pick(&["00", "01"]));
        }
        if kind == CertificateKind::ForeignPassport {
            human.name = name(self.serial(), Look::Latin);
        }
        human.papers = Papers::Document { kind, number, nationality, expires: true };
    }

    /// Gives a child the papers that children have: often none with a number, which article 5 allows.
    pub(super) fn child_papers(&mut self, luck: &mut Luck, child: &mut Human, infant: bool) {
        let number = format!("S1{}", self.numbers.document());
        match luck.below(10) {
            0..=3 => {}
            4 => {
                if let Papers::Resident { kind, fifteen, .. } = &mut child.papers {
                    (*kind, *fifteen) = (CertificateKind::HouseholdRegister, false);
                }
            }
            5 if infant => {
                let kind = CertificateKind::BirthCertificate;
                child.papers = Papers::Document { kind, number, nationality: "", expires: false };
            }
            _ => child.papers = Papers::Numberless(stated_kind(luck)),
        }
    }

    /// County and sequence of the next birth of that day and sex.
    fn place(&mut self, birth: NaiveDate, sex: Sex) -> (&'static str, u32) {
        use chrono::Datelike as _;
        let column = usize::from(sex == Sex::Female);
        let born = &mut self.births.entry(birth).or_default()[column];
        let start = u64::from(birth.num_days_from_ce().unsigned_abs()) * 101;
        let place = *born * SEQUENCE_STEP + start;
        *born += 1;
        let county = usize::try_from(place % COUNTIES.len() as u64).unwrap_or_default();
        let rest = u32::try_from(place / COUNTIES.len() as u64 % u64::from(SEQUENCES)).unwrap_or_default();
        (COUNTIES[county].code, 2 * rest + 1 + u32::from(sex == Sex::Female))
    }
}

/// The kind of certificate that is stated for a child without a number.
fn stated_kind(luck: &mut Luck) -> Option<CertificateKind> {
    luck.weighted(&[
        (None, 4),
        (Some(CertificateKind::HouseholdRegister), 4),
        (Some(CertificateKind::BirthCertificate), 1),
        (Some(CertificateKind::ResidentId), 1),
    ])
}

/// A birth date that makes an age between the two on the day; never less than a month ago.
pub(super) fn birth_date(luck: &mut Luck, on: NaiveDate, ages: (u32, u32)) -> NaiveDate {
    let years = luck.between(ages.0, ages.1);
    let days = years * 365 + years / 4 + 30 + luck.below(330);
    on.checked_sub_days(Days::new(u64::from(days))).unwrap_or(on)
}

/// The birth date of somebody whose eighteenth birthday is on the day, or is one or two days after it.
pub(super) fn eighteen(on: NaiveDate, already: bool) -> NaiveDate {
    use chrono::Datelike as _;
    let birthday = on.checked_sub_months(Months::new(18 * 12)).unwrap_or(on);
    if already {
        return birthday;
    }
    // Not on 29 February: whether such a child comes of age on 28 February or on 1 March is no question of data.
    let next = birthday.succ_opt().unwrap_or(birthday);
    if (next.month(), next.day()) == (2, 29) { next.succ_opt().unwrap_or(next) } else { next }
}

/// An address that says that it is an example, with a number in its last part.
pub(super) fn home(luck: &mut Luck, serial: u64) -> Home {
    let county = &COUNTIES[luck.index(COUNTIES.len())];
    let (building, floor, room) = (luck.between(1, 30), luck.between(1, 28), luck.between(1, 4));
    Home { county, detail: format!("示范路{serial}号{building}栋{floor}{room:02}室") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_born_on_one_day_share_a_number() {
        let mut luck = Luck::new(3);
        let mut people = People::new(&mut luck);
        let birth = NaiveDate::from_ymd_opt(1988, 8, 8).unwrap();
        let numbers: HashSet<_> = (0..28_000)
            .map(|_| people.human(&mut luck, birth, Sex::Female).parts().unwrap().eighteen())
            .collect();
        assert_eq!(numbers.len(), 28_000);
    }

    #[test]
    fn ages_are_as_asked() {
        let mut luck = Luck::new(4);
        let on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        for age in [0, 5, 17, 22, 65] {
            for _ in 0..2_000 {
                let birth = birth_date(&mut luck, on, (age, age));
                assert_eq!(on.years_since(birth), Some(age), "{birth}");
            }
        }
        assert_eq!(on.years_since(eighteen(on, true)), Some(18));
        assert_eq!(on.years_since(eighteen(on, false)), Some(17));
    }
}
