//! The columns of an exported list: one row a member. To add a column: its line in [`COLUMNS`] and its heading in
//! `locales/*/lists.ftl`. Nothing here is unmasked.

use zhenshi_domain::{
    access::SecrecyClass,
    application::{AccountPurpose, ApplicationKind, CertificateKind, Channel},
    mask,
    party::Role,
    suspicion::Clue,
};

use crate::{
    app::{
        DatePayload, MemberRow, OwnerKind, PersonPayload,
        get_submission::ShownParty,
        suspicions::{ShownMember, ShownSuspicion},
    },
    words::{Language, Words},
};

/// Between several values of one cell.
const BETWEEN: &str = "; ";

/// A heading.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// Words.
    pub(super) text: String,
    /// Width of the column, in characters.
    pub(super) width: f64,
}

/// A column.
struct Column {
    /// Message of its heading.
    heading: &'static str,
    width: f64,
    cell: fn(&Cells<'_>) -> String,
}

const fn column(heading: &'static str, width: f64, cell: fn(&Cells<'_>) -> String) -> Column {
    Column { heading, width, cell }
}

const COLUMNS: &[Column] = &[
    column("list-column-number", 8.0, |c| c.number.to_string()),
    column("list-column-clue", 24.0, |c| c.word(clue(c.shown.row.clue))),
    column("list-column-priority", 8.0, |c| c.shown.row.priority.total.to_string()),
    column("list-column-customers", 8.0, |c| c.shown.row.customer_count.to_string()),
    column("list-column-uses", 8.0, |c| c.shown.row.use_count.to_string()),
    column("list-column-capped", 10.0, |c| c.yes_no(c.shown.row.capped)),
    column("list-column-owner-kind", 14.0, |c| c.owner(|c, kind, _| c.word(owner(kind)))),
    column("list-column-owner-code", 16.0, |c| c.owner(|_, _, code| code.to_owned())),
    column("list-column-lead-channel", 14.0, |c| c.word(channel(c.shown.row.lead_channel))),
    column("list-column-lead-branch", 14.0, |c| c.shown.row.lead_branch_code.clone()),
    column("list-column-role", 12.0, |c| c.full(|c, row| c.word(role(row.role)))),
    column("list-column-name", 12.0, |c| c.party(name)),
    column("list-column-certificate-kind", 20.0, |c| c.person(Cells::certificate)),
    column("list-column-certificate-number", 22.0, |c| {
        c.person(|_, person| mask::certificate(&person.certificate_number))
    }),
    column("list-column-birth-year", 10.0, |c| c.person(|_, person| birth_year(person.birth_date))),
    column("list-column-phones", 24.0, |c| {
        c.person(|_, person| join(person.phones.iter().map(|phone| mask::phone(phone))))
    }),
    column("list-column-accounts", 24.0, |c| c.party(accounts)),
    column("list-column-address", 24.0, |c| c.person(|_, person| address(person))),
    column("list-column-new", 10.0, |c| c.full(|c, row| c.yes_no(row.is_new))),
    column("list-column-baseline", 10.0, |c| c.full(|c, row| c.yes_no(row.baseline))),
    column("list-column-source", 14.0, |c| c.full(|_, row| row.source.clone())),
    column("list-column-kind", 12.0, |c| c.full(|c, row| c.word(kind(row.application_kind)))),
    column("list-column-application-no", 24.0, |c| c.full(|_, row| row.application_no.clone())),
    column("list-column-policy-no", 24.0, |c| c.full(|_, row| row.policy_no.clone())),
    column("list-column-purpose", 12.0, |c| c.full(|c, row| c.purpose(row.purpose))),
    column("list-column-channel", 14.0, |c| c.word(channel(c.channel()))),
    column("list-column-branch", 14.0, |c| c.full(|_, row| row.branch_code.clone())),
    column("list-column-seller", 14.0, |c| c.full(|_, row| row.seller_code.clone())),
    column("list-column-agency", 14.0, |c| c.full(|_, row| row.agency_code.clone())),
    column("list-column-customer-id", 38.0, |c| c.customer_id().to_string()),
    column("list-column-suspicion-id", 38.0, |c| c.shown.row.id.to_string()),
    column("list-column-clue-value-id", 38.0, |c| c.shown.row.clue_value_id.to_string()),
    column("list-column-submission-id", 38.0, |c| c.full(|_, row| row.submission_id.to_string())),
    column("list-column-remarks", 14.0, |c| {
        c.full(|c, row| class(row.class).map(|id| c.word(id)).unwrap_or_default())
    }),
];

/// The headings.
pub(super) fn headings(words: &Words, language: Language) -> Vec<Heading> {
    let heading = |column: &Column| Heading {
        text: words.message(language, column.heading, std::iter::empty()),
        width: column.width,
    };
    COLUMNS.iter().map(heading).collect()
}

/// What a row is made of.
pub(super) struct Cells<'a> {
    pub(super) words: &'a Words,
    pub(super) language: Language,
    /// Number of the suspicion in the file, from 1.
    pub(super) number: u64,
    pub(super) shown: &'a ShownSuspicion,
    pub(super) member: &'a ShownMember,
}

impl Cells<'_> {
    /// The row, a cell for each column.
    pub(super) fn row(&self) -> Vec<String> {
        COLUMNS.iter().map(|column| (column.cell)(self)).collect()
    }

    fn word(&self, id: &str) -> String {
        self.words.message(self.language, id, std::iter::empty())
    }

    fn yes_no(&self, yes: bool) -> String {
        self.word(if yes { "list-yes" } else { "list-no" })
    }

    fn owner(&self, cell: fn(&Self, OwnerKind, &str) -> String) -> String {
        self.shown.row.owner.as_ref().map(|(kind, code)| cell(self, *kind, code)).unwrap_or_default()
    }

    /// A cell of a member within reach; empty for another.
    fn full(&self, cell: fn(&Self, &MemberRow) -> String) -> String {
        match self.member {
            ShownMember::Full { row, .. } => cell(self, row),
            ShownMember::Stub { .. } => String::new(),
        }
    }

    /// A cell of an opened party; empty where there is none.
    fn party(&self, cell: fn(&ShownParty) -> String) -> String {
        match self.member {
            ShownMember::Full { party: Some(party), .. } => cell(party),
            _ => String::new(),
        }
    }

    fn person(&self, cell: fn(&Self, &PersonPayload) -> String) -> String {
        match self.member {
            ShownMember::Full { party: Some(party), .. } => {
                party.payload.person.as_ref().map(|person| cell(self, person)).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn certificate(&self, person: &PersonPayload) -> String {
        person.kind().map(|kind| self.word(certificate(kind))).unwrap_or_default()
    }

    fn purpose(&self, purpose: Option<AccountPurpose>) -> String {
        purpose.map(|purpose| self.word(self::purpose(purpose))).unwrap_or_default()
    }

    const fn channel(&self) -> Channel {
        match self.member {
            ShownMember::Full { row, .. } => row.channel,
            ShownMember::Stub { channel, .. } => *channel,
        }
    }

    const fn customer_id(&self) -> uuid::Uuid {
        match self.member {
            ShownMember::Full { row, .. } => row.customer_id,
            ShownMember::Stub { customer_id, .. } => *customer_id,
        }
    }
}

/// A payer is known by the name on the account.
fn name(party: &ShownParty) -> String {
    let holder = party.payload.accounts.first().map_or("", |account| account.holder_name.as_str());
    let person = party.payload.person.as_ref().map_or("", |person| person.name.as_str());
    mask::name(if party.role == Role::Payer { holder } else { person })
}

fn accounts(party: &ShownParty) -> String {
    join(party.payload.accounts.iter().map(|account| mask::account(&account.number)))
}

fn address(person: &PersonPayload) -> String {
    let [_, province, city, _, _, text] = &person.address;
    mask::address(province, city, text)
}

fn birth_year(date: DatePayload) -> String {
    match date {
        DatePayload::Day(day) => mask::birth_date(day),
        DatePayload::Unset | DatePayload::Impossible => String::new(),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(BETWEEN)
}

const fn clue(clue: Clue) -> &'static str {
    match clue {
        Clue::SamePhone => "list-clue-same-phone",
        Clue::SameBankAccount => "list-clue-same-bank-account",
        Clue::SellerContact => "list-clue-seller-contact",
        Clue::IdentityConflict => "list-clue-identity-conflict",
        Clue::SamePersonTwice => "list-clue-same-person-twice",
    }
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::IndividualAgents => "list-channel-individual-agents",
        Channel::Bancassurance => "list-channel-bancassurance",
        Channel::Intermediaries => "list-channel-intermediaries",
        Channel::Direct => "list-channel-direct",
    }
}

const fn owner(owner: OwnerKind) -> &'static str {
    match owner {
        OwnerKind::Seller => "list-owner-seller",
        OwnerKind::Agency => "list-owner-agency",
        OwnerKind::Staff => "list-owner-staff",
    }
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Policyholder => "list-role-policyholder",
        Role::Insured => "list-role-insured",
        Role::Payer => "list-role-payer",
    }
}

/// What is remarked of a file that is kept apart; nothing of an ordinary one.
const fn class(class: SecrecyClass) -> Option<&'static str> {
    match class {
        SecrecyClass::Ordinary => None,
        SecrecyClass::Confidential => Some("list-class-confidential"),
        SecrecyClass::TopSecret => Some("list-class-top-secret"),
    }
}

const fn kind(kind: ApplicationKind) -> &'static str {
    match kind {
        ApplicationKind::NewBusiness => "list-application-new-business",
        ApplicationKind::ServicingChange => "list-application-servicing-change",
        ApplicationKind::Claim => "list-application-claim",
    }
}

const fn purpose(purpose: AccountPurpose) -> &'static str {
    match purpose {
        AccountPurpose::Premium => "list-purpose-premium",
        AccountPurpose::Benefit => "list-purpose-benefit",
        AccountPurpose::Claim => "list-purpose-claim",
    }
}

/// The message of a kind of certificate.
pub(crate) const fn certificate(kind: CertificateKind) -> &'static str {
    match kind {
        CertificateKind::ResidentId => "list-certificate-resident-id",
        CertificateKind::HkMacauResidencePermit => "list-certificate-hk-macau-residence-permit",
        CertificateKind::TaiwanResidencePermit => "list-certificate-taiwan-residence-permit",
        CertificateKind::ForeignerPermanentResidence => "list-certificate-foreigner-permanent-residence",
        CertificateKind::HkMacauTravelPermit => "list-certificate-hk-macau-travel-permit",
        CertificateKind::TaiwanTravelPermit => "list-certificate-taiwan-travel-permit",
        CertificateKind::PrcPassport => "list-certificate-prc-passport",
        CertificateKind::ForeignPassport => "list-certificate-foreign-passport",
        CertificateKind::OfficerCertificate => "list-certificate-officer-certificate",
        CertificateKind::SoldierCertificate => "list-certificate-soldier-certificate",
        CertificateKind::HouseholdRegister => "list-certificate-household-register",
        CertificateKind::BirthCertificate => "list-certificate-birth-certificate",
        CertificateKind::Other => "list-certificate-other",
    }
}
