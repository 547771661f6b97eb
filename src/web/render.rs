//! From a view context to an answer.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

use super::error::PageError;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page of `context`. A template that does not render is an error of ours, and shown as one.
pub(super) fn page(context: &impl Template) -> Response {
    match context.render() {
        Ok(text) => (StatusCode::OK, [(CONTENT_TYPE, HTML)], text).into_response(),
        Err(error) => PageError::Template(error).into_response(),
    }
}
