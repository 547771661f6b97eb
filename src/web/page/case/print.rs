//! The form for a customer's signature, to be printed: a page of its own, with a look of its own.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::{Path, State},
    http::{
        HeaderValue,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::show;
use crate::{
    app::{
        CaseName,
        case::{
            confirmation_form::confirmation_form,
            get_case::{View, get_case},
        },
    },
    web::{Site, error::PageError, person::Person},
};

pub(super) async fn form(
    person: Person,
    State(site): State<Arc<Site>>,
    Path((no, customer)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let customer = Uuid::try_parse(&customer).map_err(|_| PageError::NotFound)?;
    let name = CaseName::Number(show::number(&no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    let (words, language) = (&site.words, person.say.language());
    let form =
        confirmation_form(&site.app, person.principal(), (case.row.id, customer), words, language).await?;
    let policy = policy(&form.html);
    let policy = HeaderValue::from_str(&policy).map_err(|_| PageError::Unreadable)?;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(CONTENT_TYPE, html), (CONTENT_SECURITY_POLICY, policy)], form.html).into_response())
}

/// The form's own style and nothing else, by its hash: no script, nothing loaded, nobody frames it.
fn policy(html: &str) -> String {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = digest(&SHA256, style.map_or("", |(style, _)| style).as_bytes());
    let hash = STANDARD.encode(hash.as_ref());
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_of_the_form_is_allowed_by_its_hash() {
        // The example of the policy's standard, with the hash that it gives.
        let policy = policy("<head><style>alert('Hello, world.');</style>");
        assert!(policy.contains("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"), "{policy}");
        assert!(!policy.contains("unsafe"));
    }
}
