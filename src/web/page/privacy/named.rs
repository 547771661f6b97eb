//! Which message names a value that these pages show.

use zhenshi_domain::access::{Field, Purpose, SecrecyClass, approval::AccessState};

use crate::{
    app::{
        AuditFaultKind,
        privacy::{
            AccessKind, EnquirerRole, ExportFormat, ExportKind, ExportState, Identification, IncidentState,
            LoanEnd, OutsiderDocument,
        },
    },
    web::say::Say,
};

/// Parts of what is kept of a person: the name in a form, the message.
pub(super) const FIELDS: [(Field, &str, &str); 10] = [
    (Field::Name, "field-name", "page-case-row-name"),
    (Field::Sex, "field-sex", "page-case-row-sex"),
    (Field::BirthDate, "field-birth", "page-case-row-birth"),
    (Field::Certificate, "field-certificate", "page-case-row-certificate"),
    (Field::Phones, "field-phones", "page-case-row-phones"),
    (Field::Email, "field-email", "page-case-row-email"),
    (Field::Address, "field-address", "page-case-row-address"),
    (Field::Accounts, "field-accounts", "page-case-row-accounts"),
    (Field::Nationality, "field-nationality", "page-access-field-nationality"),
    (Field::Evidence, "field-evidence", "page-case-evidence"),
];

/// Those that are kept of a person himself: all but the evidence of a case.
pub(super) fn of_a_person() -> impl Iterator<Item = (Field, &'static str, &'static str)> {
    FIELDS.into_iter().filter(|(field, ..)| *field != Field::Evidence)
}

/// The parts, in words.
pub(in crate::web::page) fn fields(say: &Say, fields: &[Field]) -> String {
    let named = FIELDS.iter().filter(|(field, ..)| fields.contains(field));
    named.map(|(.., id)| say.t(id)).collect::<Vec<_>>().join(&say.t("page-list-comma"))
}

pub(super) const fn state(state: AccessState) -> (&'static str, &'static str) {
    match state {
        AccessState::AwaitingHead => ("page-access-state-awaiting-head", "tag-orange"),
        AccessState::AwaitingCustomerService => ("page-access-state-awaiting-service", "tag-orange"),
        AccessState::Granted => ("page-access-state-granted", "tag-green"),
        AccessState::Refused => ("page-access-state-refused", "tag-red"),
        AccessState::Ended => ("page-access-state-ended", ""),
    }
}

pub(super) const fn kind(kind: AccessKind) -> &'static str {
    match kind {
        AccessKind::View => "page-access-kind-view",
        AccessKind::Loan => "page-access-kind-loan",
    }
}

pub(in crate::web::page) const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Investigation => "page-case-purpose-investigation",
        Purpose::Verification => "page-case-purpose-verification",
        Purpose::CallBack => "page-case-purpose-call-back",
        Purpose::Enquiry => "page-access-purpose-enquiry",
        Purpose::Servicing => "page-access-purpose-servicing",
        Purpose::Claim => "page-access-purpose-claim",
        Purpose::Compliance => "page-case-purpose-compliance",
        Purpose::Authority => "page-access-purpose-authority",
    }
}

pub(in crate::web::page) const fn class(class: SecrecyClass) -> &'static str {
    match class {
        SecrecyClass::Ordinary => "page-access-class-ordinary",
        SecrecyClass::Confidential => "page-access-class-confidential",
        SecrecyClass::TopSecret => "page-access-class-top-secret",
    }
}

pub(super) const fn document(document: OutsiderDocument) -> &'static str {
    match document {
        OutsiderDocument::Letter => "page-access-document-letter",
        OutsiderDocument::WorkCard => "page-access-document-work-card",
    }
}

/// Who enquires by phone or at the counter.
pub(in crate::web::page) const fn enquirer(role: EnquirerRole) -> &'static str {
    match role {
        EnquirerRole::Policyholder => "list-role-policyholder",
        EnquirerRole::Insured => "list-role-insured",
        EnquirerRole::Beneficiary => "page-access-enquirer-beneficiary",
    }
}

/// How he was identified.
pub(in crate::web::page) const fn identification(how: Identification) -> &'static str {
    match how {
        Identification::CardAndContract => "page-access-identified-card",
        Identification::AnswersAndNumber => "page-access-identified-answers-and-number",
        Identification::Answers => "page-access-identified-answers",
        Identification::OnlineAccount => "page-access-identified-account",
    }
}

pub(super) const fn export_kind(kind: ExportKind) -> &'static str {
    match kind {
        ExportKind::Exchange => "page-export-kind-exchange",
        ExportKind::Report => "page-export-kind-report",
    }
}

pub(super) const fn export_format(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "page-export-format-csv",
        ExportFormat::Xlsx => "page-export-format-xlsx",
    }
}

/// The end of a file's name.
pub(super) const fn export_ending(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    }
}

/// Where an export stands, and the colour of its tag.
pub(in crate::web::page) const fn export_state(state: ExportState) -> (&'static str, &'static str) {
    match state {
        ExportState::Awaiting => ("page-board-export-awaiting", "tag-orange"),
        ExportState::Approved => ("page-board-export-approved", "tag-blue"),
        ExportState::Ready => ("page-board-export-ready", "tag-green"),
        ExportState::Refused => ("page-board-export-refused", "tag-red"),
        ExportState::Destroyed => ("page-board-export-destroyed", ""),
    }
}

pub(super) const fn end(end: LoanEnd) -> &'static str {
    match end {
        LoanEnd::Returned => "page-loans-returned",
        LoanEnd::Destroyed => "page-loans-destroyed",
    }
}

pub(super) const fn incident(state: IncidentState) -> (&'static str, &'static str) {
    match state {
        IncidentState::Reported => ("page-incident-state-reported", "tag-red"),
        IncidentState::Acknowledged => ("page-incident-state-acknowledged", "tag-orange"),
        IncidentState::Contained => ("page-incident-state-contained", "tag-blue"),
        IncidentState::Closed => ("page-incident-state-closed", "tag-green"),
    }
}

pub(super) const fn fault(kind: AuditFaultKind) -> &'static str {
    match kind {
        AuditFaultKind::EntryChanged => "page-audit-fault-entry-changed",
        AuditFaultKind::EntryMissing => "page-audit-fault-entry-missing",
        AuditFaultKind::EntryInserted => "page-audit-fault-entry-inserted",
        AuditFaultKind::EntryMoved => "page-audit-fault-entry-moved",
        AuditFaultKind::KeyVersion => "page-audit-fault-key-version",
        AuditFaultKind::TailCut => "page-audit-fault-tail-cut",
        AuditFaultKind::HeadChanged => "page-audit-fault-head-changed",
        AuditFaultKind::OtherChain => "page-audit-fault-other-chain",
        AuditFaultKind::RowChanged => "page-audit-fault-row-changed",
        AuditFaultKind::RowRemoved => "page-audit-fault-row-removed",
        AuditFaultKind::RowInserted => "page-audit-fault-row-inserted",
    }
}

/// An action of the audit log in words; one that has none yet stays as it is written.
pub(super) fn action(say: &Say, action: &str) -> String {
    let id = format!("page-audit-action-{}", action.to_ascii_lowercase().replace('_', "-"));
    if say.words().has(say.language(), &id) { say.t(&id) } else { action.to_owned() }
}
