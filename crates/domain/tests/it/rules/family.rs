//! Cases of parties against each other: relations, shared certificates, a minor who applies.

use zhenshi_domain::{
    application::{Application, CertificateKind, Insured, Person, Relation, Sex},
    personal::Personal,
};

use super::{Case, insured, set_number};
use crate::sample::{date, day, person};

/// The insured becomes somebody of that relation, birth and sex.
fn related(a: &mut Application, relation: Relation, birth: (i32, u32, u32), sex: Sex) {
    let person = person("测试乙", day(birth.0, birth.1, birth.2), sex);
    a.insureds[0] = Insured { person, relation: Some(relation) };
}

fn oneself(a: &mut Application) -> &mut Person {
    a.insureds[0] = Insured { person: a.policyholder.clone(), relation: Some(Relation::Oneself) };
    insured(a)
}

pub(super) const RELATIONS: &[Case] = &[
    Case(
        "a child who is older",
        |a| related(a, Relation::Child, (1979, 1, 1), Sex::Male),
        &["RELATION_CONTRADICTS_AGE insureds[0].relation"],
    ),
    Case(
        "a parent who is younger",
        |a| related(a, Relation::Parent, (1980, 5, 6), Sex::Male),
        &[
            "RELATION_CONTRADICTS_AGE insureds[0].relation",
            "CERTIFICATE_SHARED_BY_PARTIES insureds[0].person.certificate.number",
        ],
    ),
    Case(
        "a child of a thirteen-year-old",
        |a| related(a, Relation::Child, (1994, 5, 5), Sex::Male),
        &["RELATION_UNLIKELY insureds[0].relation young-parent"],
    ),
    Case("fourteen", |a| related(a, Relation::Child, (1994, 5, 6), Sex::Male), &[]),
    Case("a wife of twenty", |a| related(a, Relation::Spouse, (2006, 11, 23), Sex::Female), &[]),
    Case(
        "a wife of nineteen",
        |a| related(a, Relation::Spouse, (2006, 11, 24), Sex::Female),
        &["RELATION_UNLIKELY insureds[0].relation young-spouse"],
    ),
    Case(
        "a husband of twenty-one, of a man",
        |a| related(a, Relation::Spouse, (2004, 11, 24), Sex::Male),
        &[
            "RELATION_UNLIKELY insureds[0].relation young-spouse",
            "RELATION_UNLIKELY insureds[0].relation same-sex",
        ],
    ),
    Case(
        "a birth date in dispute says nothing",
        |a| {
            related(a, Relation::Child, (1979, 1, 1), Sex::Male);
            insured(a).birth_date = Personal::new(date(1979, 1, 2));
        },
        &["BIRTH_DATE_CONTRADICTS_ID insureds[0].person.birth_date"],
    ),
];

pub(super) const PARTIES: &[Case] = &[
    Case(
        "one certificate, two names",
        |a| {
            insured(a).certificate = a.policyholder.certificate.clone();
            insured(a).birth_date = a.policyholder.birth_date.clone();
            insured(a).sex = a.policyholder.sex.clone();
            a.insureds[0].relation = Some(Relation::Other);
        },
        &["CERTIFICATE_SHARED_BY_PARTIES insureds[0].person.certificate.number"],
    ),
    Case("oneself", |a| drop(oneself(a).name.clone()), &[]),
    Case(
        "oneself under another name",
        |a| oneself(a).name = "测试丙".into(),
        &["ONESELF_DIFFERS insureds[0].person.name"],
    ),
    Case(
        "oneself with another certificate of the kind",
        |a| {
            a.policyholder.certificate.kind = Some(CertificateKind::Other);
            set_number(&mut a.policyholder, "T-48213");
            let person = oneself(a);
            set_number(person, "T-48214");
        },
        &["ONESELF_DIFFERS insureds[0].person.certificate.number"],
    ),
    Case(
        "oneself with the passport",
        |a| {
            let person = oneself(a);
            person.certificate.kind = Some(CertificateKind::PrcPassport);
            person.certificate.valid_until = date(2030, 1, 1);
            set_number(person, "EA1234567");
        },
        &[],
    ),
    Case(
        "a policyholder of seventeen",
        |a| {
            a.policyholder = person("测试甲", day(2008, 11, 24), Sex::Male);
            a.insureds[0].relation = Some(Relation::Other);
        },
        &["POLICYHOLDER_MINOR policyholder.birth_date 18"],
    ),
    Case(
        "eighteen today",
        |a| {
            a.policyholder = person("测试甲", day(2008, 11, 23), Sex::Male);
            a.insureds[0].relation = Some(Relation::Other);
        },
        &[],
    ),
];
