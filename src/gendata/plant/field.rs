//! Missing fields of article 5, and placeholders in their place. Placeholders are those of `domain` knowledge: words
//! for "nothing", and numbers that are typed to fill a form.

use super::{Party, Planted, Turn};
use crate::gendata::fault::Fault;
use crate::gendata::household::Household;
use crate::gendata::wire::{Address, Application};

/// A field of article 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Sex,
    BirthDate,
    Number,
    Address,
    Phones,
}

const HOLDER: Party = Party::Policyholder;
const INSURED: Party = Party::Insured(0);

/// All fields that article 5 asks for, by party.
const REQUIRED: [(Party, Field); 10] = [
    (HOLDER, Field::Address),
    (HOLDER, Field::Phones),
    (INSURED, Field::Number),
    (HOLDER, Field::Name),
    (HOLDER, Field::Sex),
    (HOLDER, Field::BirthDate),
    (HOLDER, Field::Number),
    (INSURED, Field::Name),
    (INSURED, Field::Sex),
    (INSURED, Field::BirthDate),
];

/// Fields with the placeholders that are typed into them.
const PLACEHOLDERS: [(Party, Field, &str); 20] = [
    (HOLDER, Field::Phones, "13800138000"),
    (HOLDER, Field::Address, "不详"),
    (HOLDER, Field::Number, "000000000000000000"),
    (INSURED, Field::Number, "无"),
    (HOLDER, Field::Name, "无"),
    (INSURED, Field::Name, "不详"),
    (HOLDER, Field::Phones, "13911111111"),
    (HOLDER, Field::Address, "无"),
    (HOLDER, Field::Number, "111111111111111"),
    (INSURED, Field::Number, "000000000000000000"),
    (HOLDER, Field::Name, "未知"),
    (INSURED, Field::Name, "未知"),
    (HOLDER, Field::Phones, "13912345678"),
    (HOLDER, Field::Address, "未知"),
    (HOLDER, Field::Number, "不详"),
    (INSURED, Field::Number, "111111111111111111"),
    (HOLDER, Field::Name, "不详"),
    (INSURED, Field::Name, "无"),
    (HOLDER, Field::Phones, "无"),
    (HOLDER, Field::Phones, "13000000000"),
];

/// The household that a missing field or placeholder needs; `None` for other faults. An insured without a number must
/// be an adult (a minor is exempt): sometimes one who is eighteen that very day.
pub(super) fn household(turn: Turn) -> Option<Household> {
    let (party, field) = match turn.fault {
        Fault::FieldMissing => turn.variant(&REQUIRED),
        Fault::FieldPlaceholder => {
            let (party, field, _) = turn.variant(&PLACEHOLDERS);
            (party, field)
        }
        _ => return None,
    };
    let round = turn.number / REQUIRED.len();
    let adults = [Household::Spouse, Household::ChildOfAge, Household::Parent];
    let any = [Household::Child, Household::Spouse, Household::SpouseAndChildren, Household::Parent];
    Some(if (party, field) == (INSURED, Field::Number) {
        adults[round % adults.len()]
    } else {
        any[round % any.len()]
    })
}

/// Leaves a field out.
pub(super) fn missing(turn: Turn, message: &mut Application) -> Planted {
    let (party, field) = turn.variant(&REQUIRED);
    if field == Field::Name {
        // An account in a name that nobody bears would be a second finding.
        message.accounts.clear();
    }
    let blank_form = turn.number / REQUIRED.len() % 3 == 2;
    let person = party.of(message);
    match field {
        Field::Name => person.name = if blank_form { "\u{3000} ".to_owned() } else { String::new() },
        Field::Sex => person.sex = None,
        Field::BirthDate => person.birth_date = None,
        Field::Number => {
            if let Some(certificate) = &mut person.certificate {
                certificate.number.clear();
            }
        }
        Field::Address => person.address = blank_form.then(Address::default),
        Field::Phones => person.phones.clear(),
    }
    Planted { field_path: party.path(field.path()), cause: "required field left out" }
}

/// Fills a field with a placeholder.
pub(super) fn placeholder(turn: Turn, message: &mut Application) -> Planted {
    let (party, field, text) = turn.variant(&PLACEHOLDERS);
    if field == Field::Name {
        message.accounts.clear();
    }
    let text = text.to_owned();
    let person = party.of(message);
    let mut path = field.path();
    match field {
        Field::Name => person.name = text,
        Field::Number => {
            if let Some(certificate) = &mut person.certificate {
                certificate.number = text;
            }
        }
        Field::Address => person.address = Some(Address { text, ..Address::default() }),
        Field::Phones => {
            person.phones = vec![text];
            path = "phones[0]";
        }
        Field::Sex | Field::BirthDate => {}
    }
    Planted { field_path: party.path(path), cause: "required field filled with a placeholder" }
}

impl Field {
    const fn path(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sex => "sex",
            Self::BirthDate => "birth_date",
            Self::Number => "certificate.number",
            Self::Address => "address",
            Self::Phones => "phones",
        }
    }
}
