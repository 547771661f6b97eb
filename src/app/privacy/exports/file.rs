//! The file of an export: a row a party, exactly the fields that were agreed to, and on every page who asked, when, and the
//! export's number.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use zhenshi_domain::{access::Field, party::Role, shanghai};

use super::super::ExportFormat;
use crate::{
    app::export_suspicion_list::guard,
    store::{
        payload::{DatePayload, Payload, PersonPayload},
        privacy::export::{
            produce::{ExportParty, Job},
            row::ExportRow,
        },
    },
    words::{Language, Words},
};

/// A party with its data in clear; none if they were destroyed.
pub(super) struct OpenedParty<'a> {
    pub(super) party: &'a ExportParty,
    pub(super) payload: Option<Payload>,
}

/// Writes the file.
pub(super) fn write(
    words: &Words,
    job: &Job,
    parties: &[OpenedParty<'_>],
    now: DateTime<Utc>,
) -> std::io::Result<Vec<u8>> {
    let sheet =
        Sheet { words, language: Language::parse(&job.export.language).unwrap_or_default(), job, now };
    match job.export.format {
        ExportFormat::Xlsx => sheet.workbook(parties).map_err(std::io::Error::other),
        ExportFormat::Csv => sheet.csv(parties),
    }
}

struct Sheet<'a> {
    words: &'a Words,
    language: Language,
    job: &'a Job,
    now: DateTime<Utc>,
}

// === impl Sheet ===

/// Day and minute in Asia/Shanghai.
fn minute(time: DateTime<Utc>) -> String {
    format!("{} {}", shanghai::date(time), shanghai::time(time).format("%H:%M"))
}

impl Sheet<'_> {
    fn say(&self, id: &str) -> String {
        self.words.message(self.language, id, std::iter::empty())
    }

    /// Who, when, and the number: on every page.
    fn watermark(&self) -> String {
        let ExportRow { export_no, requester_code, .. } = &self.job.export;
        format!("{export_no} · {requester_code} · {}", minute(self.now))
    }

    fn facts(&self, rows: usize) -> Vec<(String, String)> {
        let export = &self.job.export;
        let who = |code: &Option<String>| code.clone().unwrap_or_default();
        vec![
            (self.say("unmasked-export-no"), export.export_no.clone()),
            (self.say("unmasked-version"), export.version.to_string()),
            (self.say("unmasked-requester"), export.requester_code.clone()),
            (self.say("unmasked-supervisor"), who(&export.supervisor_code)),
            (self.say("unmasked-manager"), who(&export.manager_code)),
            (self.say("unmasked-made"), minute(self.now)),
            (self.say("unmasked-rows"), rows.to_string()),
            (self.say("unmasked-withheld"), self.job.withheld.to_string()),
            (self.say("unmasked-duty"), self.say("unmasked-duty-words")),
        ]
    }

    fn headings(&self) -> Vec<String> {
        let mut headings = vec![self.say("unmasked-application-no"), self.say("unmasked-role")];
        headings.extend(self.job.export.fields.iter().map(|field| self.say(heading(*field))));
        headings
    }

    fn cells(&self, opened: &OpenedParty<'_>) -> Vec<String> {
        let role = match opened.party.role {
            Role::Policyholder => "unmasked-role-policyholder",
            Role::Insured => "unmasked-role-insured",
            Role::Payer => "unmasked-role-payer",
        };
        let mut cells = vec![opened.party.application_no.clone(), self.say(role)];
        let fields = &self.job.export.fields;
        match &opened.payload {
            None => cells.extend(fields.iter().map(|_| self.say("unmasked-destroyed"))),
            Some(payload) => cells.extend(fields.iter().map(|field| cell(*field, payload))),
        }
        cells
    }

    fn workbook(&self, parties: &[OpenedParty<'_>]) -> Result<Vec<u8>, XlsxError> {
        let text = Format::new().set_num_format("@");
        let bold = Format::new().set_num_format("@").set_bold();
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(self.say("unmasked-sheet"))?;
        sheet.set_header(format!("&C{}", self.watermark()));
        sheet.set_footer(format!("&C{} · &P/&N", self.watermark()));
        for (column, heading) in (0..).zip(self.headings()) {
            sheet.set_column_width(column, 20)?;
            sheet.write_string_with_format(0, column, heading, &bold)?;
        }
        for (row, opened) in (1..).zip(parties) {
            for (column, cell) in (0..).zip(self.cells(opened)) {
                sheet.write_string_with_format(row, column, guard(&cell), &text)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        let facts = book.add_worksheet();
        facts.set_name(self.say("unmasked-facts"))?;
        facts.set_header(format!("&C{}", self.watermark()));
        facts.set_footer(format!("&C{} · &P/&N", self.watermark()));
        for (row, (name, value)) in (0..).zip(self.facts(parties.len())) {
            facts.write_string_with_format(row, 0, name, &bold)?;
            facts.write_string_with_format(row, 1, value, &text)?;
        }
        facts.set_column_width(0, 24)?;
        facts.set_column_width(1, 60)?;
        book.save_to_buffer()
    }

    /// The facts before the headings and the watermark behind the last row: a sheet of values has no pages.
    fn csv(&self, parties: &[OpenedParty<'_>]) -> std::io::Result<Vec<u8>> {
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(&mut out);
        for (name, value) in self.facts(parties.len()) {
            writer.write_record([guard(&name).as_ref(), guard(&value).as_ref()])?;
        }
        writer.write_record(self.headings())?;
        for opened in parties {
            writer.write_record(self.cells(opened).iter().map(|cell| guard(cell).into_owned()))?;
        }
        writer.write_record([self.watermark()])?;
        writer.flush()?;
        drop(writer);
        Ok(out)
    }
}

const fn heading(field: Field) -> &'static str {
    match field {
        Field::Name => "unmasked-field-name",
        Field::Sex => "unmasked-field-sex",
        Field::BirthDate => "unmasked-field-birth-date",
        Field::Certificate => "unmasked-field-certificate",
        Field::Phones => "unmasked-field-phones",
        Field::Email => "unmasked-field-email",
        Field::Address => "unmasked-field-address",
        Field::Accounts => "unmasked-field-accounts",
        Field::Nationality => "unmasked-field-nationality",
        Field::Evidence => "unmasked-field-evidence",
    }
}

fn cell(field: Field, payload: &Payload) -> String {
    let nobody = PersonPayload::default();
    let person = payload.person.as_ref().unwrap_or(&nobody);
    match field {
        // A payer is known by the name on the account.
        Field::Name if payload.person.is_none() => {
            payload.accounts.first().map(|account| account.holder_name.clone()).unwrap_or_default()
        }
        Field::Name => person.name.clone(),
        Field::Sex => person.sex.map(String::from).unwrap_or_default(),
        Field::BirthDate => match person.birth_date {
            DatePayload::Day(day) => day.to_string(),
            DatePayload::Unset | DatePayload::Impossible => String::new(),
        },
        Field::Certificate => person.certificate_number.clone(),
        Field::Phones => person.phones.join("; "),
        Field::Email => person.email.clone(),
        Field::Address => {
            let [_, province, city, district, detail, text] = &person.address;
            [province, city, district, detail, text].map(String::as_str).concat()
        }
        Field::Accounts => {
            let numbers: Vec<&str> = payload.accounts.iter().map(|account| account.number.as_str()).collect();
            numbers.join("; ")
        }
        Field::Nationality => person.nationality.clone(),
        // Not a part of a person, and refused at the door.
        Field::Evidence => String::new(),
    }
}
