//! Whether a grant covers what is asked, now. Asked at every reading: what was true when it was given is no answer.

use chrono::{DateTime, Utc};

use super::{Field, SecrecyClass, Subject, approval::AccessState};

/// A grant, as far as it decides.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// Who has it.
    pub holder: &'a str,
    /// Where it stands.
    pub state: AccessState,
    /// To what.
    pub subject: Subject,
    /// Which parts.
    pub fields: &'a [Field],
    /// The subject's class when it was given.
    pub class: SecrecyClass,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; that instant is not within it.
    pub until: DateTime<Utc>,
}

/// What somebody wants to read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who.
    pub reader: &'a str,
    /// What.
    pub subject: Subject,
    /// Which parts.
    pub fields: &'a [Field],
}

/// Why a grant does not cover it. Checked in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It is somebody else's.
    #[error("NOT_HIS")]
    NotHis,
    /// It was not granted, or was ended before its time.
    #[error("NOT_IN_FORCE")]
    NotInForce,
    /// Its time is over.
    #[error("EXPIRED")]
    Expired,
    /// It is for something else.
    #[error("OTHER_SUBJECT")]
    OtherSubject,
    /// It does not name every field.
    #[error("OTHER_FIELDS")]
    OtherFields,
}

/// Whether `grant` covers what is asked at `now`.
///
/// # Errors
/// Why not.
pub fn covers(grant: &Grant<'_>, asked: &Asked<'_>, now: DateTime<Utc>) -> Result<(), Denied> {
    if grant.holder != asked.reader {
        return Err(Denied::NotHis);
    }
    if grant.state != AccessState::Granted || now < grant.from {
        return Err(Denied::NotInForce);
    }
    if now >= grant.until {
        return Err(Denied::Expired);
    }
    if grant.subject != asked.subject {
        return Err(Denied::OtherSubject);
    }
    if asked.fields.is_empty() || !asked.fields.iter().all(|field| grant.fields.contains(field)) {
        return Err(Denied::OtherFields);
    }
    Ok(())
}

/// Whether `grant`, which covers the subject, reaches a customer whose file is of `class` now: a classified file has to be
/// named, and by a grant that was given in the knowledge of at least that class.
pub fn reaches(grant: &Grant<'_>, class: SecrecyClass) -> bool {
    !class.is_classified() || (grant.subject.names_one() && grant.class >= class)
}
