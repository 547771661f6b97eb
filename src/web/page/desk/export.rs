//! A list as a file, for whoever may export it: the same file as the API gives, masked, in the audit log before its first byte.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};

use super::lists::named;
use crate::{
    app::export_suspicion_list::{Format, export_suspicion_list},
    web::{Site, error::PageError, person::Person},
};

pub(super) async fn export(
    person: Person,
    State(site): State<Arc<Site>>,
    Path((kind, date, file)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let wanted = named(&kind, &date)?;
    let format = [Format::Xlsx, Format::Csv].into_iter().find(|format| format.ending() == file);
    let format = format.ok_or(PageError::NotFound)?;
    let (words, language) = (site.words.clone(), person.say.language());
    let exported =
        export_suspicion_list(&site.app, person.principal(), wanted, format, words, language).await?;
    // What comes instead of a piece ends the file before its end, and the browser says that it is not whole.
    let pieces = ReceiverStream::new(exported.pieces).map(|piece| piece.map(Bytes::from));
    let disposition = format!("attachment; filename=\"{}\"", exported.file_name);
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| PageError::Unreadable)?;
    let kind = HeaderValue::from_static(exported.content_type);
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], Body::from_stream(pieces))
        .into_response())
}
