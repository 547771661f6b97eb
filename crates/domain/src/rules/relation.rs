//! Article 6: 「無邏輯錯誤」. The relation of an insured against ages and sexes. Only the impossible blocks: a parent who is
//! not older than the child. Families by adoption or of other laws are possible and therefore advice.

use chrono::NaiveDate;

use super::facts;
use crate::{
    application::{Relation, Sex},
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    rule::{Context, Findings, Rule},
    shanghai,
};

/// Fewest years between parent and child that are believed without a question.
const PARENT_GAP: i32 = 14;
/// Marriageable age of men (Civil Code, article 1047), in years.
const MARRIAGEABLE_MAN: i32 = 22;
/// Marriageable age of women (Civil Code, article 1047), in years.
const MARRIAGEABLE_WOMAN: i32 = 20;

const YOUNG_PARENT: &str = "young-parent";
const YOUNG_SPOUSE: &str = "young-spouse";
const SAME_SEX: &str = "same-sex";

/// A child would be as old as the parent, or older.
pub const RELATION_CONTRADICTS_AGE: Code =
    Code { name: "RELATION_CONTRADICTS_AGE", article: Some(6), severity: Severity::Blocking, args: &[] };

/// A relation that ages or sexes make unlikely.
pub const RELATION_UNLIKELY: Code = Code {
    name: "RELATION_UNLIKELY",
    article: Some(6),
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("reason", &[YOUNG_PARENT, YOUNG_SPOUSE, SAME_SEX])],
};

/// Compares relations with ages and sexes.
#[derive(Debug)]
pub struct Relations;

impl Rule for Relations {
    fn codes(&self) -> &'static [Code] {
        &[RELATION_CONTRADICTS_AGE, RELATION_UNLIKELY]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let mut known = cx.known_people();
        let Some((_, holder, of_holder)) = known.next() else { return };
        let holder_birth = facts::birth_date(holder, of_holder, cx.as_of);
        for ((index, insured), (_, _, of_insured)) in cx.application.insureds.iter().enumerate().zip(known) {
            let path = || FieldPath::new("insureds").index(index).field("relation");
            let mut unlikely =
                |reason| out.add_with(RELATION_UNLIKELY, path(), vec![("reason", Arg::Key(reason))]);
            let insured_birth = facts::birth_date(&insured.person, of_insured, cx.as_of);
            match (insured.relation, holder_birth.zip(insured_birth)) {
                (Some(Relation::Spouse), _) => {
                    let sexes = [facts::sex(holder, of_holder), facts::sex(&insured.person, of_insured)];
                    if sexes
                        .iter()
                        .zip([holder_birth, insured_birth])
                        .any(|(sex, birth)| is_too_young_to_marry(*sex, birth, cx.as_of))
                    {
                        unlikely(YOUNG_SPOUSE);
                    }
                    if sexes[0].is_some() && sexes[0] == sexes[1] {
                        unlikely(SAME_SEX);
                    }
                }
                (Some(relation @ (Relation::Parent | Relation::Child)), Some((holder, insured))) => {
                    let (parent, child) =
                        if relation == Relation::Child { (holder, insured) } else { (insured, holder) };
                    if child <= parent {
                        out.add(RELATION_CONTRADICTS_AGE, path());
                    } else if shanghai::age(parent, child) < PARENT_GAP {
                        unlikely(YOUNG_PARENT);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Without a known sex the lower age counts.
fn is_too_young_to_marry(sex: Option<Sex>, birth: Option<NaiveDate>, as_of: NaiveDate) -> bool {
    let marriageable = if sex == Some(Sex::Male) { MARRIAGEABLE_MAN } else { MARRIAGEABLE_WOMAN };
    birth.is_some_and(|birth| shanghai::age(birth, as_of) < marriageable)
}
