//! Whose data are meant: as people write it into a form, and as a table or a page shows it.

use uuid::Uuid;

use crate::{
    app::{
        AppError, CaseName,
        case::get_case::{View, get_case},
        privacy::SubjectIds,
    },
    web::{
        Site,
        error::PageError,
        person::Person,
        say::Say,
        view::{case::Fact, desk::Cell},
    },
};

/// Longest text that is looked at.
const MOST: usize = 100;

/// Reads `20261124-000001` (a case), `20261124-000001/CUSTOMER`, `SUBMISSION/PARTY` or `CUSTOMER`; ids are UUIDs. None: it is
/// none of them, or there is no such case within reach.
pub(super) async fn read(site: &Site, person: &Person, text: &str) -> Result<Option<SubjectIds>, PageError> {
    let text = text.trim();
    let (first, second) = text.split_once('/').map_or((text, None), |(first, second)| (first, Some(second)));
    if text.is_empty() || text.len() > MOST {
        return Ok(None);
    }
    if let Ok(id) = Uuid::try_parse(first) {
        return Ok(match second {
            None => Some(SubjectIds::Customer(id)),
            Some(no) => no.parse().ok().filter(|no| *no >= 0).map(|no: i16| SubjectIds::Party(id, no)),
        });
    }
    if !first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Ok(None);
    }
    let case = get_case(&site.app, person.principal(), CaseName::Number(first.to_owned()), View::Basic).await;
    let case = match case {
        Ok(case) => case.row.id,
        Err(AppError::CaseNotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(match second {
        None => Some(SubjectIds::Case(case)),
        Some(customer) => {
            Uuid::try_parse(customer).ok().map(|customer| SubjectIds::CaseMember(case, customer))
        }
    })
}

/// What somebody would write for it, in words, and where it leads; nowhere if the reader does not see it.
pub(super) struct Shown {
    words: String,
    note: String,
    href: String,
}

impl Shown {
    /// In a table.
    pub(super) fn cell(self) -> Cell {
        let mut lines = vec![self.words];
        lines.extend(Some(self.note).filter(|note| !note.is_empty()));
        Cell { lines, href: self.href, tag: None }
    }

    /// Among the facts of a page.
    pub(super) fn fact(&self, say: &Say) -> Fact {
        Fact { label: say.t("page-access-subject"), value: self.words.clone(), note: self.note.clone() }
    }

    /// A link to it, if it leads somewhere.
    pub(super) fn link(&self) -> Option<(String, String)> {
        (!self.href.is_empty()).then(|| (self.href.clone(), self.words.clone()))
    }
}

/// The numbers of cases; ids of those that the reader does not see.
pub(super) async fn numbers(site: &Site, person: &Person, cases: &[Uuid]) -> Result<Vec<String>, PageError> {
    let mut numbers = Vec::with_capacity(cases.len());
    for case in cases {
        match get_case(&site.app, person.principal(), CaseName::Id(*case), View::Basic).await {
            Ok(found) => numbers.push(found.row.case_no),
            Err(AppError::CaseNotFound | AppError::NotPermitted(_)) => numbers.push(case.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(numbers)
}

/// `subject` as it is shown.
pub(super) async fn shown(site: &Site, person: &Person, subject: SubjectIds) -> Result<Shown, PageError> {
    let say = &person.say;
    let (case, customer) = match subject {
        SubjectIds::Customer(id) => {
            return Ok(Shown {
                words: say.t("page-access-subject-customer"),
                note: id.to_string(),
                href: String::new(),
            });
        }
        SubjectIds::Party(id, no) => {
            return Ok(Shown {
                words: say.t("page-access-subject-submission"),
                note: format!("{id}/{no}"),
                href: format!("/submissions/{id}"),
            });
        }
        SubjectIds::CaseMember(case, customer) => (case, Some(customer)),
        SubjectIds::Case(case) => (case, None),
    };
    let note = customer.map(|id| say.named("page-access-subject-one", &id.to_string())).unwrap_or_default();
    match get_case(&site.app, person.principal(), CaseName::Id(case), View::Basic).await {
        Ok(found) => Ok(Shown {
            words: say.named("page-case-title", &found.row.case_no),
            note,
            href: format!("/cases/{}", found.row.case_no),
        }),
        // It may be another channel's: who decides need not see it.
        Err(AppError::CaseNotFound | AppError::NotPermitted(_)) => Ok(Shown {
            words: say.t("page-access-subject-case"),
            note: if note.is_empty() { case.to_string() } else { note },
            href: String::new(),
        }),
        Err(error) => Err(error.into()),
    }
}
