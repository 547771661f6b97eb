//! Series of numbers that look drawn and never repeat: phones, accounts, certificate numbers. Uniqueness matters,
//! because an accidental sharing would be a clue that the truth file does not know, and it must not cost memory.
//! To add a kind of number, add a series to [`Numbers`].

use super::luck::Luck;

/// A step that is coprime to every modulus used here (a prime larger than their factors).
const STEP: u64 = 2_654_435_761;

/// Mobile prefixes in real use, none of them satellite, data-card or virtual operator.
const MOBILE_PREFIXES: [&str; 30] = [
    "130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "153", "155", "156",
    "157", "158", "159", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188", "189",
];
/// Area codes whose local numbers have eight digits.
const AREA_CODES: [&str; 8] = ["010", "020", "021", "022", "023", "025", "027", "028"];
/// Issuer prefixes of 19-digit cards with the bank's clearing code.
const CARD_PREFIXES: [(&str, &str); 5] =
    [("622202", "102"), ("621226", "102"), ("622848", "103"), ("621661", "104"), ("621700", "105")];

/// A walk through all numbers below `modulus`, each once.
struct Series {
    next: u64,
    offset: u64,
    modulus: u64,
}

impl Series {
    fn new(modulus: u64, luck: &mut Luck) -> Self {
        Self { next: 0, offset: luck.wide() % modulus, modulus }
    }

    fn next(&mut self) -> u64 {
        let place = u128::from(self.next) * u128::from(STEP) + u128::from(self.offset);
        self.next += 1;
        u64::try_from(place % u128::from(self.modulus)).unwrap_or_default()
    }
}

/// A bank account of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BankAccount {
    /// Digits without separators.
    pub(super) number: String,
    /// Clearing code of the bank.
    pub(super) bank_code: &'static str,
    /// True for a passbook, false for a card.
    pub(super) passbook: bool,
}

/// All series of one run.
pub(super) struct Numbers {
    mobile: Series,
    landline: Series,
    card: Series,
    passbook: Series,
    document: Series,
}

impl Numbers {
    /// Fresh series whose starting points are luck.
    pub(super) fn new(luck: &mut Luck) -> Self {
        Self {
            mobile: Series::new(30 * 100_000_000, luck),
            landline: Series::new(8 * 70_000_000, luck),
            card: Series::new(5 * 1_000_000_000_000, luck),
            passbook: Series::new(100_000_000_000_000, luck),
            document: Series::new(90_000_000, luck),
        }
    }

    /// A mobile number of eleven digits.
    pub(super) fn mobile(&mut self) -> String {
        loop {
            let (prefix, rest) = split(self.mobile.next(), 100_000_000);
            let number = format!("{}{rest:08}", MOBILE_PREFIXES[prefix]);
            if !looks_made_up(&number) {
                return number;
            }
        }
    }

    /// A fixed line with its area code, separated by a hyphen.
    pub(super) fn landline(&mut self) -> String {
        loop {
            let (area, rest) = split(self.landline.next(), 70_000_000);
            let local = (rest + 20_000_000).to_string();
            if !looks_made_up(&local) {
                return format!("{}-{local}", AREA_CODES[area]);
            }
        }
    }

    /// A bank card of 19 digits with a right Luhn digit.
    pub(super) fn card(&mut self) -> BankAccount {
        loop {
            let (bank, rest) = split(self.card.next(), 1_000_000_000_000);
            let (prefix, bank_code) = CARD_PREFIXES[bank];
            let mut number = format!("{prefix}{rest:012}");
            number.push(luhn_digit(&number));
            if !looks_made_up(&number) {
                return BankAccount { number, bank_code, passbook: false };
            }
        }
    }

    /// A passbook account of 17 digits, without a Luhn digit.
    pub(super) fn passbook(&mut self) -> BankAccount {
        loop {
            let number = format!("610{:014}", self.passbook.next());
            if !looks_made_up(&number) {
                return BankAccount { number, bank_code: "403", passbook: true };
            }
        }
    }

    /// Eight digits for a passport or travel permit, not beginning with 0.
    pub(super) fn document(&mut self) -> String {
        loop {
            let number = (self.document.next() + 10_000_000).to_string();
            if !looks_made_up(&number) {
                return number;
            }
        }
    }
}

/// Quotient as an index, and remainder.
fn split(place: u64, size: u64) -> (usize, u64) {
    (usize::try_from(place / size).unwrap_or_default(), place % size)
}

/// True for what a rule on placeholders could take offence at; stricter than any such rule: four equal digits in a
/// row, five that climb or fall, four zeros at the end.
fn looks_made_up(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.windows(4).any(|four| four.iter().all(|digit| *digit == four[0]))
        || bytes.windows(5).any(|five| five.windows(2).all(|pair| pair[1] == pair[0] + 1))
        || bytes.windows(5).any(|five| five.windows(2).all(|pair| pair[0] == pair[1] + 1))
        || digits.ends_with("0000")
}

/// The digit that makes `digits` followed by it pass Luhn (ISO/IEC 7812).
fn luhn_digit(digits: &str) -> char {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            if place % 2 == 0 { digit / 5 + digit * 2 % 10 } else { digit }
        })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn luhn_of_a_published_example() {
        assert_eq!(luhn_digit("7992739871"), '3');
        assert_eq!(luhn_digit("453201511283036"), '6');
    }

    #[test]
    fn no_number_comes_twice() {
        let mut numbers = Numbers::new(&mut Luck::new(1));
        let phones: HashSet<_> = (0..50_000).map(|_| numbers.mobile()).collect();
        let cards: HashSet<_> = (0..50_000).map(|_| numbers.card().number).collect();
        assert_eq!((phones.len(), cards.len()), (50_000, 50_000));
        assert!(phones.iter().all(|phone| phone.len() == 11 && !looks_made_up(phone)));
        assert!(cards.iter().all(|card| card.len() == 19));
    }

    #[test]
    fn placeholders_are_avoided() {
        for number in ["13800000000", "13912345678", "13787654321", "13911111111", "13812340000"] {
            assert!(looks_made_up(number), "{number}");
        }
    }
}
