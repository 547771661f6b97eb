//! Exports of unmasked data.

use std::pin::Pin;

use tokio_stream::{Stream, StreamExt as _, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{NAME_CHARACTERS, Pages, fields, purpose, size},
};
use crate::{
    app::privacy::{
        ExportFormat, ExportKind, ExportOf, ExportRow,
        exports::{
            self, Asked, Decided, MOST_CASES, Whose, is_recipient,
            texts::{self, ApprovalText, ReceiverText},
        },
    },
    grpc::{
        case::{
            parts::hexadecimal,
            shared::{Incoming, NOTE_CHARACTERS},
        },
        convert::{
            date,
            enums::{number, read},
            submission::timestamp,
        },
    },
};

/// The pieces of a file.
pub(in crate::grpc) type DownloadStream =
    Pin<Box<dyn Stream<Item = Result<proto::DownloadUnmaskedExportResponse, Status>> + Send>>;

pub(super) async fn request_unmasked_export(
    privacy: &Privacy,
    request: Request<proto::RequestUnmaskedExportRequest>,
) -> Result<Response<proto::RequestUnmaskedExportResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    // The language is that of the file's headings too: another one is another request.
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let corrects_id = (!message.corrects_export_id.is_empty())
        .then(|| incoming.id("corrects_export_id", &message.corrects_export_id));
    if !is_recipient(&message.recipient) {
        let problem = if message.recipient.is_empty() { "violation-required" } else { "violation-format" };
        incoming.wrong("recipient", problem);
    }
    let asked = Asked {
        kind: read::<proto::UnmaskedExportKind>(message.kind).unwrap_or(ExportKind::Exchange),
        format: read::<proto::ExportFormat>(message.format).unwrap_or(ExportFormat::Xlsx),
        language: incoming.language,
        of: of(&mut incoming, &message),
        fields: fields(&mut incoming, &message.fields),
        purpose: purpose(&mut incoming, message.purpose),
        recipient: message.recipient.clone(),
        corrects_id,
        reason: incoming.text("reason", &message.reason, NOTE_CHARACTERS, true),
        receiver: receiver(&mut incoming, message.receiver.as_ref()),
    };
    incoming.done()?;
    let row = exports::request_export(&privacy.app, &incoming.principal, key, asked)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RequestUnmaskedExportResponse { export: Some(export(&row)) }))
}

/// What it is of: a list or cases, exactly one of them.
fn of(incoming: &mut Incoming, message: &proto::RequestUnmaskedExportRequest) -> ExportOf {
    let day = incoming.date("list_date", message.list_date);
    match (day, message.case_ids.as_slice()) {
        (Some(day), []) => ExportOf::List(day),
        (Some(_), _) => {
            incoming.wrong("case_ids", "violation-one-of");
            ExportOf::Cases(Vec::new())
        }
        (None, ids) => {
            if ids.len() > MOST_CASES {
                incoming.wrong("case_ids", "violation-too-many-cases");
            }
            ExportOf::Cases(incoming.ids("case_ids", ids.get(..MOST_CASES).unwrap_or(ids)))
        }
    }
}

fn receiver(incoming: &mut Incoming, sent: Option<&proto::ExportReceiver>) -> String {
    let nobody = proto::ExportReceiver::default();
    let proto::ExportReceiver { name, organisation, contract_reference } = sent.unwrap_or(&nobody);
    let text = ReceiverText {
        name: incoming.text("receiver.name", name, NAME_CHARACTERS, true),
        organisation: incoming.text("receiver.organisation", organisation, NAME_CHARACTERS, true),
        contract_reference: incoming.text(
            "receiver.contract_reference",
            contract_reference,
            NAME_CHARACTERS,
            false,
        ),
    };
    texts::write(&text)
}

pub(super) async fn decide_unmasked_export(
    privacy: &Privacy,
    request: Request<proto::DecideUnmaskedExportRequest>,
) -> Result<Response<proto::DecideUnmaskedExportResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("export_id", &message.export_id);
    let approval = message.general_manager.as_ref().map(|sent| ApprovalText {
        name: incoming.text("general_manager.name", &sent.name, NAME_CHARACTERS, true),
        reference: incoming.text("general_manager.reference", &sent.reference, NAME_CHARACTERS, true),
    });
    let decided = Decided {
        agrees: message.agree,
        general_manager: approval.as_ref().map(texts::write),
        note: incoming.text("note", &message.note, NOTE_CHARACTERS, !message.agree),
    };
    incoming.done()?;
    let row = exports::decide_export(&privacy.app, &incoming.principal, key, id, decided, &privacy.words)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::DecideUnmaskedExportResponse { export: Some(export(&row)) }))
}

pub(super) async fn get_unmasked_export(
    privacy: &Privacy,
    request: Request<proto::GetUnmaskedExportRequest>,
) -> Result<Response<proto::GetUnmaskedExportResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("export_id", &message.export_id);
    incoming.done()?;
    let shown = exports::get_export(&privacy.app, &incoming.principal, id)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let mut sent = export(&shown.row);
    shown.reason.as_str().clone_into(&mut sent.reason);
    shown.note.as_str().clone_into(&mut sent.note);
    let receiver: ReceiverText = texts::read(&shown.receiver).unwrap_or_default();
    sent.receiver = Some(proto::ExportReceiver {
        name: receiver.name,
        organisation: receiver.organisation,
        contract_reference: receiver.contract_reference,
    });
    let approval: Option<ApprovalText> = texts::read(&shown.general_manager);
    sent.general_manager =
        approval.map(|text| proto::GeneralManagerApproval { name: text.name, reference: text.reference });
    Ok(Response::new(proto::GetUnmaskedExportResponse { export: Some(sent) }))
}

pub(super) async fn list_unmasked_exports(
    privacy: &Privacy,
    request: Request<proto::ListUnmaskedExportsRequest>,
) -> Result<Response<proto::ListUnmaskedExportsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters =
        proto::ListUnmaskedExportsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListUnmaskedExports", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let filter = (read::<proto::UnmaskedExportState>(message.state), after);
    let page = exports::list_exports(&privacy.app, &incoming.principal, Whose::All, filter, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ListUnmaskedExportsResponse {
        exports: page.rows.iter().map(export).collect(),
        next_page_token: pages.seal(page.next),
    }))
}

pub(super) async fn download_unmasked_export(
    privacy: &Privacy,
    request: Request<proto::DownloadUnmaskedExportRequest>,
) -> Result<Response<DownloadStream>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("export_id", &message.export_id);
    incoming.done()?;
    let download = exports::download_export(&privacy.app, &incoming.principal, id)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let writer = incoming.writer;
    let answers = ReceiverStream::new(download.pieces).map(move |piece| match piece {
        Ok(content) => Ok(proto::DownloadUnmaskedExportResponse { content }),
        Err(error) => Err(writer.app(&error)),
    });
    Ok(Response::new(Box::pin(answers)))
}

/// An export without what was written about it.
fn export(row: &ExportRow) -> proto::UnmaskedExport {
    proto::UnmaskedExport {
        export_id: row.id.to_string(),
        export_no: row.export_no.clone(),
        kind: number::<proto::UnmaskedExportKind>(row.kind),
        state: number::<proto::UnmaskedExportState>(row.state),
        format: number::<proto::ExportFormat>(row.format),
        list_date: row.list_date.map(date::wire),
        case_ids: row.case_ids.iter().map(ToString::to_string).collect(),
        fields: row.fields.iter().map(|field| number::<proto::PersonField>(*field)).collect(),
        purpose: number::<proto::AccessPurpose>(row.purpose),
        recipient: row.recipient.clone(),
        requester_code: row.requester_code.clone(),
        requested_time: Some(timestamp(row.requested_time)),
        version: row.version,
        corrects_export_id: row.corrects_id.map(|id| id.to_string()).unwrap_or_default(),
        supervisor_code: row.supervisor_code.clone().unwrap_or_default(),
        manager_code: row.manager_code.clone().unwrap_or_default(),
        general_manager_recorded: row.general_manager_text_id.is_some(),
        refused_by: row.refused_by.clone().unwrap_or_default(),
        produced_time: row.produced_time.map(timestamp),
        expire_time: row.expire_time.map(timestamp),
        row_count: row.row_count.unwrap_or_default(),
        withheld_count: row.withheld_count.unwrap_or_default(),
        size_bytes: row.size_bytes.unwrap_or_default(),
        sha256: row.sha256.as_deref().map(hexadecimal).unwrap_or_default(),
        reason: String::new(),
        receiver: None,
        general_manager: None,
        note: String::new(),
    }
}
