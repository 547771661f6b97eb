//! Evidence: attached and read in pieces, and the form for the customer's signature.

use std::{sync::Arc, time::Duration};

use prost::Message as _;
use tokio::time::timeout;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use tonic::{Request, Response, Status, Streaming};
use zhenshi_domain::case::evidence::{EvidenceFacts, EvidenceKind};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, parts,
    shared::{CODE_CHARACTERS, Incoming, changed},
};
use crate::{
    app::{
        case::{
            attach_evidence::{self, Attaching, EvidenceHeader},
            confirmation_form,
            get_evidence::{self, Wanted},
        },
        evidence::{PIECE_BYTES, is_file_name},
    },
    grpc::stream::Rules,
};

/// Longest that a caller may keep an upload waiting: it holds one of few places.
const UPLOAD_IDLE: Duration = Duration::from_secs(30);
/// Most characters of a file's name.
const FILE_NAME_CHARACTERS: usize = 255;
/// Most characters of what evidence is read for.
const PURPOSE_CHARACTERS: usize = 200;
/// Most bytes of a piece of content on its way in.
const MOST_PIECE_BYTES: usize = PIECE_BYTES;

use proto::attach_evidence_request::Part;

pub(super) async fn attach_evidence(
    cases: &Cases,
    request: Request<Streaming<proto::AttachEvidenceRequest>>,
) -> Result<Response<proto::AttachEvidenceResponse>, Status> {
    let (_, extensions, mut stream) = request.into_parts();
    let rules = extensions.get::<Rules>();
    let idle = rules.map_or(UPLOAD_IDLE, |rules| rules.idle.min(UPLOAD_IDLE));
    let deadline = rules.and_then(|rules| rules.deadline);
    let mut incoming = Incoming::new(cases, &extensions, "")?;
    let writer = incoming.writer.clone();
    let whole = async {
        let first = next(&mut stream, idle, &incoming).await?;
        let Some(Part::Header(header)) = first else {
            incoming.wrong("header", "violation-required");
            return Err(incoming.done().err().unwrap_or_else(|| incoming.writer.malformed()));
        };
        incoming = Incoming::new(cases, &extensions, &header.language_code)?;
        attach(cases, incoming, header, stream, idle).await
    };
    let answer = match deadline {
        // The caller has given up by then; so that nothing is kept for nobody.
        Some(limit) => timeout(limit, whole).await.map_err(|_| writer.deadline(limit))?,
        None => whole.await,
    }?;
    Ok(Response::new(answer))
}

async fn attach(
    cases: &Cases,
    mut incoming: Incoming,
    mut header: proto::AttachEvidenceHeader,
    mut stream: Streaming<proto::AttachEvidenceRequest>,
    idle: Duration,
) -> Result<proto::AttachEvidenceResponse, Status> {
    let read = read_header(&mut incoming, &header);
    incoming.done()?;
    let Some(_place) = cases.app.evidence.place() else { return Err(incoming.writer.overloaded()) };
    let begun = attach_evidence::begin(&cases.app, &incoming.principal, read).await;
    let mut attaching: Attaching = begun.map_err(|error| incoming.failed(&error))?;
    while let Some(part) = next(&mut stream, idle, &incoming).await? {
        let Part::Content(content) = part else {
            incoming.wrong("header", "violation-header-first");
            return Err(incoming.done().err().unwrap_or_else(|| incoming.writer.malformed()));
        };
        if content.len() > MOST_PIECE_BYTES {
            incoming.wrong("content", "violation-piece");
            incoming.done()?;
        }
        attaching.take(&content).await.map_err(|error| incoming.failed(&error))?;
    }
    // The language changes the answer's words, not what is asked.
    header.language_code.clear();
    let done = attaching.finish(&header.encode_to_vec()).await;
    let (case, row) = done.map_err(|error| incoming.failed(&error))?;
    Ok(proto::AttachEvidenceResponse {
        case: Some(changed(cases, &case)),
        evidence: Some(parts::evidence(&row, None)),
    })
}

/// The next part of an upload; none at its end. A message without a part is an empty piece.
async fn next(
    stream: &mut Streaming<proto::AttachEvidenceRequest>,
    idle: Duration,
    incoming: &Incoming,
) -> Result<Option<Part>, Status> {
    let message = timeout(idle, stream.message()).await.map_err(|_| incoming.writer.stream_idle(idle))??;
    Ok(message.map(|message| message.part.unwrap_or(Part::Content(Vec::new()))))
}

fn read_header(incoming: &mut Incoming, header: &proto::AttachEvidenceHeader) -> EvidenceHeader {
    let request_id = incoming.id("header.request_id", &header.request_id);
    let case_id = incoming.id("header.case_id", &header.case_id);
    let kind = incoming.choice::<proto::EvidenceKind>("header.kind", header.kind, EvidenceKind::Other);
    let file_name = incoming.text("header.file_name", &header.file_name, FILE_NAME_CHARACTERS, true);
    if !is_file_name(&file_name) {
        incoming.wrong("header.file_name", "violation-file-name");
    }
    let signed_on = incoming.date("header.signed_on", header.signed_on);
    if signed_on.is_none() && (header.signer_is_policyholder || header.electronic) {
        incoming.wrong("header.signed_on", "violation-required");
    }
    let collector = incoming.text("header.collector_code", &header.collector_code, CODE_CHARACTERS, false);
    let facts = EvidenceFacts {
        kind,
        signer_is_policyholder: header.signer_is_policyholder,
        signed_on,
        collector,
        original_seen: header.original_seen,
        electronic: header.electronic,
    };
    let size = usize::try_from(header.size_bytes).unwrap_or_else(|_| {
        incoming.wrong("header.size_bytes", "violation-negative");
        0
    });
    EvidenceHeader { case_id, request_id, facts, file_name, size }
}

pub(super) async fn get_evidence(
    cases: &Cases,
    request: Request<proto::GetEvidenceRequest>,
) -> Result<Response<super::GetEvidenceStream>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let case_id = incoming.id("case_id", &message.case_id);
    let evidence_id = incoming.id("evidence_id", &message.evidence_id);
    let purpose = incoming.text("purpose", &message.purpose, PURPOSE_CHARACTERS, true);
    let grant_id = (!message.grant_id.is_empty()).then(|| incoming.id("grant_id", &message.grant_id));
    incoming.done()?;
    let wanted = Wanted { case_id, id: evidence_id, purpose, grant_id };
    let content = get_evidence::get_evidence(&cases.app, &incoming.principal, &wanted)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let mut evidence = Some(parts::evidence(&content.row, Some(&content.file_name)));
    let writer = Arc::new(incoming.writer);
    let answers = ReceiverStream::new(content.pieces).map(move |piece| match piece {
        Ok(content) => Ok(proto::GetEvidenceResponse { content, evidence: evidence.take() }),
        Err(error) => Err(writer.app(&error)),
    });
    Ok(Response::new(Box::pin(answers)))
}

pub(super) async fn get_confirmation_form(
    cases: &Cases,
    request: Request<proto::GetConfirmationFormRequest>,
) -> Result<Response<proto::GetConfirmationFormResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let case_id = incoming.id("case_id", &message.case_id);
    let customer_id = incoming.id("customer_id", &message.customer_id);
    incoming.done()?;
    let (ids, language) = ((case_id, customer_id), incoming.language);
    let form =
        confirmation_form::confirmation_form(&cases.app, &incoming.principal, ids, &cases.words, language)
            .await
            .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::GetConfirmationFormResponse { html: form.html, file_name: form.file_name }))
}
