//! Whether evidence may be read just now, beyond what the policy says: not of somebody whose data a legal period keeps from being
//! shown, and of a case with a classified file only by a grant that names the customer.
//!
//! A piece of evidence belongs to a case, not to one of its customers: the strictest of them decides.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::{
    Field,
    grant::{self, Asked},
};

use super::{
    reveal::{CLASSIFIED, NO_GRANT, grant_name},
    row::{self, SubjectIds},
};
use crate::store::{Scope, StoreError, Tx};

/// A legal period runs for somebody in the case: stored and protected, not shown.
const RESTRICTED: &str = "RESTRICTED";

/// Why the evidence of a case that the scope shows may not be read at `now` by the grant `grant_id`, if it may not.
pub(in crate::store) async fn may_read(
    tx: &mut Tx,
    scope: &Scope,
    case_id: Uuid,
    grant_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Result<(), &'static str>, StoreError> {
    let members = sqlx::query!(
        r#"SELECT max(c.class) AS class, COALESCE(bool_or(s.restricted), false) AS "restricted!"
           FROM case_member m
           LEFT JOIN customer_class c ON c.customer_id = m.customer_id
           LEFT JOIN sealed s ON s.submission_id = m.submission_id AND s.party_no = m.party_no
           WHERE m.case_id = $1"#,
        case_id,
    )
    .fetch_one(&mut *tx)
    .await?;
    if members.restricted {
        return Ok(Err(RESTRICTED));
    }
    let class = row::class(members.class, case_id)?;
    let Some(grant_id) = grant_id else {
        return Ok(if class.is_classified() { Err(CLASSIFIED) } else { Ok(()) });
    };
    let Some(granted) = row::share(tx, grant_id).await? else { return Ok(Err(NO_GRANT)) };
    // For a customer in this case as for the case itself.
    let subject = match granted.subject {
        SubjectIds::CaseMember(of, _) if of == case_id => granted.subject,
        _ => SubjectIds::Case(case_id),
    };
    let reader = scope.staff().unwrap_or_default();
    let asked = Asked { reader, subject: subject.subject(), fields: &[Field::Evidence] };
    Ok(match grant::covers(&granted.grant(), &asked, now) {
        Err(denied) => Err(grant_name(denied)),
        Ok(()) if !grant::reaches(&granted.grant(), class) => Err(CLASSIFIED),
        Ok(()) => Ok(()),
    })
}
