//! Plants one fault in a right message, such that exactly one finding follows. Each fault goes through its variants
//! in turn, so that even a small run has all of them. A new fault gets an arm in [`plant`].

mod certificate;
mod contact;
mod contradiction;
mod field;
mod id;
mod payer;

use super::draft::Draft;
use super::fault::Fault;
use super::household::Household;
use super::luck::Luck;
use super::people::{Human, People};
use super::wire::{Application, Date, Person, Term};

/// What was planted and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Planted {
    /// The field that the finding must name.
    pub(super) field_path: String,
    /// What was done, in plain words.
    pub(super) cause: &'static str,
}

/// A fault and how often it was planted before in this run: chooses the variant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// The fault.
    pub(super) fault: Fault,
    /// Counted from 0.
    pub(super) number: usize,
}

/// The party that gets a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// The policyholder.
    Policyholder,
    /// The insured at the place.
    Insured(usize),
}

impl Party {
    /// The path of a field of the party.
    pub(super) fn path(self, field: &str) -> String {
        match self {
            Self::Policyholder => format!("policyholder.{field}"),
            Self::Insured(place) => format!("insureds[{place}].person.{field}"),
        }
    }

    /// The party in the message; the policyholder if there is no such insured.
    fn of(self, message: &mut Application) -> &mut Person {
        match self {
            Self::Insured(place) if place < message.insureds.len() => &mut message.insureds[place].person,
            _ => &mut message.policyholder,
        }
    }

    /// The party in the draft.
    fn human(self, draft: &Draft) -> &Human {
        match self {
            Self::Insured(place) => draft.insured(place).unwrap_or(&draft.policyholder),
            Self::Policyholder => &draft.policyholder,
        }
    }
}

impl Turn {
    /// One of the variants, in turn.
    fn variant<T: Copy, const N: usize>(self, variants: &[T; N]) -> T {
        variants[self.number % N]
    }

    /// Who gets a fault that either party can have.
    fn party(self) -> Party {
        self.variant(&[Party::Policyholder, Party::Insured(0), Party::Policyholder])
    }

    /// The household that the fault needs: never one in which the policyholder insures himself, because his data
    /// stands there twice and would contradict itself.
    pub(super) fn household(self) -> Household {
        if let Some(household) = field::household(self) {
            return household;
        }
        match self.fault {
            Fault::SamePhone | Fault::SameBankAccount | Fault::Undetectable => Household::Oneself,
            // The one fault for which somebody has to stand there twice.
            Fault::OneselfDiffers => self.variant(&[Household::Oneself, Household::OneselfAndSpouse]),
            Fault::PolicyholderMinor | Fault::CertificateShared => Household::Other,
            Fault::RelationContradictsAge => self.variant(&[Household::Parent, Household::Child]),
            // An adult and a minor, for the two ways in which a kind does not fit an age.
            Fault::CertificateKindAge => Household::Child,
            _ => self.variant(&[
                Household::Spouse,
                Household::Child,
                Household::Parent,
                Household::SpouseAndChildren,
                Household::Spouse,
            ]),
        }
    }
}

/// Plants a fault of the gate. The draft's household must be [`Turn::household`] with everybody numbered.
pub(super) fn plant(
    turn: Turn,
    draft: &Draft,
    message: &mut Application,
    people: &mut People,
    luck: &mut Luck,
) -> Planted {
    match turn.fault {
        Fault::FieldMissing => field::missing(turn, message),
        Fault::FieldPlaceholder => field::placeholder(turn, message),
        Fault::ProductClassMissing => {
            message.product.class = None;
            planted("product.class", "product class left out")
        }
        Fault::ProductTermMissing => {
            message.product.term = turn.variant(&[
                None,
                Some(Term::Years(0)),
                None,
                Some(Term::WholeLife(false)),
                Some(Term::Months(-1)),
            ]);
            planted("product.term", "product term left out, zero or negative")
        }
        Fault::ApplicationDateInvalid => {
            let year = message.applied_on.map_or(0, |day| day.year);
            message.applied_on = turn.variant(&[
                None,
                Some(Date { year, month: 2, day: 30 }),
                Some(Date { year, month: 13, day: 1 }),
                Some(Date { year, month: 6, day: 0 }),
            ]);
            planted("applied_on", "application date left out or no day of the calendar")
        }
        Fault::BirthDateImpossible => contradiction::impossible_birth_date(turn, draft, message),
        Fault::SexContradictsId => contradiction::sex(turn, draft, message),
        Fault::BirthDateContradictsId => contradiction::birth_date(turn, draft, message),
        Fault::CertificateFormat
        | Fault::CertificateCheckDigit
        | Fault::CertificateExpired
        | Fault::CertificateExpiryImpossible
        | Fault::CertificateKindAge
        | Fault::CertificateKindNationality => certificate::plant(turn, draft, message, people),
        Fault::PhoneFormat
        | Fault::PhoneUnassigned
        | Fault::PhoneNotPersonal
        | Fault::AccountFormat
        | Fault::AccountDamaged
        | Fault::AccountCheckDigit
        | Fault::NameFormat
        | Fault::NameNotPersonal
        | Fault::AddressUnusable
        | Fault::PolicyholderMinor
        | Fault::RelationContradictsAge
        | Fault::CertificateShared
        | Fault::OneselfDiffers => contact::plant(turn, draft, message, people, luck),
        Fault::PayerNotPolicyholder => payer::plant(turn, draft, message, people, luck),
        Fault::FieldUnreadable => unreadable(turn, message),
        Fault::FieldTooLong => too_long(turn, message),
        Fault::SamePhone | Fault::SameBankAccount | Fault::Undetectable => {
            planted("", "not planted in the message")
        }
        _ => id::plant(turn, draft, message),
    }
}

/// A text that a broken export has damaged.
fn unreadable(turn: Turn, message: &mut Application) -> Planted {
    if turn.number.is_multiple_of(2) {
        message.branch_code.push('\u{0}');
        return planted("branch_code", "NUL behind the branch code");
    }
    "示例\n@example.invalid".clone_into(&mut message.policyholder.email);
    planted("policyholder.email", "line break inside the e-mail address")
}

/// A text that has run into its neighbours.
fn too_long(turn: Turn, message: &mut Application) -> Planted {
    if turn.number.is_multiple_of(2) {
        message.seller_code = "S".repeat(65);
        return planted("seller_code", "seller code of 65 characters");
    }
    message.branch_code = "支".repeat(65);
    planted("branch_code", "branch code of 65 characters")
}

fn planted(field_path: &str, cause: &'static str) -> Planted {
    Planted { field_path: field_path.to_owned(), cause }
}
