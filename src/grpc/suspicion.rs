//! `SuspicionService`: each method authenticates, takes the message apart, calls one use case, and answers.

use std::{pin::Pin, sync::Arc};

use chrono::NaiveDate;
use prost::Message as _;
use tokio_stream::{Stream, StreamExt as _, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};
use tonic_types::FieldViolation;
use uuid::Uuid;
use zhenshi_domain::application::DateInput;
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{
    auth,
    convert::{application::date, enums::read, suspicion},
    page_token,
    status::StatusWriter,
    validation::page_size,
};
use crate::{
    app::{
        App, ListKind, SuspicionFilter,
        export_suspicion_list::{ExportedFile, Format, export_suspicion_list},
        get_suspicion_list::get_suspicion_list,
        list_cleared_relations::list_cleared_relations,
        list_suspicion_lists::list_suspicion_lists,
        list_suspicions::list_suspicions,
        run_suspicion_list,
    },
    security::principal::Principal,
    words::{Language, Words},
};

/// The service.
#[derive(Clone)]
pub struct Suspicions {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Suspicions {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }

    /// Words of the language asked for in the message, or of the call.
    fn writer<M>(&self, request: &Request<M>, language_code: &str) -> (StatusWriter, Language) {
        let language = auth::language(request.extensions(), language_code);
        (StatusWriter::new(self.words.clone(), language), language)
    }

    /// Binds a page token to the method, the filters, the caller and its id.
    fn mac(&self, method: &str, filters: &[u8], principal: &Principal, last: Uuid) -> [u8; 32] {
        let parts: [&[u8]; 5] =
            [b"page token v1", method.as_bytes(), filters, principal.caller.as_bytes(), last.as_bytes()];
        crate::security::fingerprint::keyed_digest(&self.app.digest_key, &parts)
    }

    /// The page that is asked for: its size, and what it comes after.
    fn page(
        asked: i32,
        token: &str,
        mac: impl Fn(Uuid) -> [u8; 32],
        writer: &StatusWriter,
    ) -> Result<(u16, Option<Uuid>), Status> {
        let size = page_size(asked)
            .ok_or_else(|| writer.invalid(vec![writer.violation("page_size", "violation-negative")]))?;
        let after = match token {
            "" => None,
            token => Some(page_token::decode(token, mac).ok_or_else(|| writer.page_token())?),
        };
        Ok((size, after))
    }
}

/// The kind that is asked for; the daily one by default.
fn kind(kind: i32) -> ListKind {
    read::<proto::SuspicionListKind>(kind).unwrap_or(ListKind::Daily)
}

/// The day that must be given.
fn required_date(sent: Option<Date>, writer: &StatusWriter) -> Result<NaiveDate, Status> {
    let violation: FieldViolation = match date(sent) {
        DateInput::Day(day) => return Ok(day),
        DateInput::Unset => writer.violation("list_date", "violation-required"),
        DateInput::Impossible => writer.violation("list_date", "violation-format"),
    };
    Err(writer.invalid(vec![violation]))
}

fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// An exported file, piece by piece.
type Pieces = Pin<Box<dyn Stream<Item = Result<proto::ExportSuspicionListResponse, Status>> + Send>>;

#[tonic::async_trait]
impl proto::suspicion_service_server::SuspicionService for Suspicions {
    async fn run_suspicion_list(
        &self,
        request: Request<proto::RunSuspicionListRequest>,
    ) -> Result<Response<proto::RunSuspicionListResponse>, Status> {
        let (writer, _) = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let list_date = match date(request.get_ref().list_date) {
            DateInput::Unset => None,
            DateInput::Day(day) => Some(day),
            DateInput::Impossible => {
                return Err(writer.invalid(vec![writer.violation("list_date", "violation-format")]));
            }
        };
        let rows = run_suspicion_list::run(&self.app, &principal, list_date)
            .await
            .map_err(|error| writer.app(&error))?;
        let suspicion_lists = rows.iter().map(suspicion::suspicion_list).collect();
        Ok(Response::new(proto::RunSuspicionListResponse { suspicion_lists }))
    }

    async fn get_suspicion_list(
        &self,
        request: Request<proto::GetSuspicionListRequest>,
    ) -> Result<Response<proto::GetSuspicionListResponse>, Status> {
        let (writer, _) = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.get_ref();
        let day = required_date(message.list_date, &writer)?;
        let (row, figures) = get_suspicion_list(&self.app, &principal, kind(message.kind), day)
            .await
            .map_err(|error| writer.app(&error))?;
        let suspicion_list = Some(suspicion::suspicion_list(&row));
        let cases = figures.map(|figures| proto::SuspicionListCases {
            listed: figures.listed,
            waiting: figures.waiting,
            distributed: figures.distributed,
            merged: figures.merged,
            held: figures.held,
        });
        Ok(Response::new(proto::GetSuspicionListResponse { suspicion_list, cases }))
    }

    async fn list_suspicion_lists(
        &self,
        request: Request<proto::ListSuspicionListsRequest>,
    ) -> Result<Response<proto::ListSuspicionListsResponse>, Status> {
        let (writer, _) = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.into_inner();
        let filters = proto::ListSuspicionListsRequest { page_size: 0, page_token: String::new(), ..message };
        let filters = filters.encode_to_vec();
        let mac = |last: Uuid| self.mac("ListSuspicionLists", &filters, &principal, last);
        let (size, after) = Self::page(message.page_size, &message.page_token, mac, &writer)?;
        let wanted = read::<proto::SuspicionListKind>(message.kind);
        let page = list_suspicion_lists(&self.app, &principal, wanted, after, size).await;
        let page = page.map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::ListSuspicionListsResponse {
            suspicion_lists: page.rows.iter().map(suspicion::suspicion_list).collect(),
            next_page_token: page.next.map(|last| page_token::encode(last, mac(last))).unwrap_or_default(),
        }))
    }

    async fn list_suspicions(
        &self,
        request: Request<proto::ListSuspicionsRequest>,
    ) -> Result<Response<proto::ListSuspicionsResponse>, Status> {
        let (writer, _) = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.into_inner();
        let filters = proto::ListSuspicionsRequest {
            page_size: 0,
            page_token: String::new(),
            view: 0,
            ..message.clone()
        };
        let filters = filters.encode_to_vec();
        let mac = |last: Uuid| self.mac("ListSuspicions", &filters, &principal, last);
        let day = required_date(message.list_date, &writer)?;
        let (size, after) = Self::page(message.page_size, &message.page_token, mac, &writer)?;
        let filter = SuspicionFilter {
            clue: read::<proto::Clue>(message.clue),
            channel: read::<proto::Channel>(message.channel),
            branch_code: text(&message.branch_code),
            seller_code: text(&message.seller_code),
            after,
        };
        let masked = proto::SuspicionView::try_from(message.view) == Ok(proto::SuspicionView::Masked);
        let list = (kind(message.kind), day);
        let page = list_suspicions(&self.app, &principal, list, filter, size, masked)
            .await
            .map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::ListSuspicionsResponse {
            suspicions: page.suspicions.iter().map(suspicion::suspicion).collect(),
            next_page_token: page.next.map(|last| page_token::encode(last, mac(last))).unwrap_or_default(),
        }))
    }

    type ExportSuspicionListStream = Pieces;

    async fn export_suspicion_list(
        &self,
        request: Request<proto::ExportSuspicionListRequest>,
    ) -> Result<Response<Self::ExportSuspicionListStream>, Status> {
        let (writer, language) = self.writer(&request, &request.get_ref().language_code);
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.into_inner();
        let day = required_date(message.list_date, &writer)?;
        let format = match proto::ExportFormat::try_from(message.format) {
            Ok(proto::ExportFormat::Unspecified | proto::ExportFormat::Xlsx) => Format::Xlsx,
            Ok(proto::ExportFormat::Csv) => Format::Csv,
            Err(_) => return Err(writer.invalid(vec![writer.violation("format", "violation-enum")])),
        };
        let list = (kind(message.kind), day);
        let file = export_suspicion_list(&self.app, &principal, list, format, self.words.clone(), language)
            .await
            .map_err(|error| writer.app(&error))?;
        let ExportedFile { file_name, content_type, pieces } = file;
        // The name and the type go with the first piece only.
        let mut names = Some((file_name, content_type.to_owned()));
        let answers = ReceiverStream::new(pieces).map(move |piece| match piece {
            Ok(content) => {
                let (file_name, content_type) = names.take().unwrap_or_default();
                Ok(proto::ExportSuspicionListResponse { content, file_name, content_type })
            }
            Err(error) => Err(writer.app(&error)),
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn list_cleared_relations(
        &self,
        request: Request<proto::ListClearedRelationsRequest>,
    ) -> Result<Response<proto::ListClearedRelationsResponse>, Status> {
        let (writer, _) = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.into_inner();
        let customer_id = match message.customer_id.as_str() {
            "" => None,
            id => Some(
                Uuid::try_parse(id)
                    .map_err(|_| writer.invalid(vec![writer.violation("customer_id", "violation-uuid")]))?,
            ),
        };
        let filters = message.customer_id.as_bytes();
        let mac = |last: Uuid| self.mac("ListClearedRelations", filters, &principal, last);
        let (size, after) = Self::page(message.page_size, &message.page_token, mac, &writer)?;
        let page = list_cleared_relations(&self.app, &principal, customer_id, after, size)
            .await
            .map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::ListClearedRelationsResponse {
            cleared_relations: page.rows.iter().map(suspicion::cleared_relation).collect(),
            next_page_token: page.next.map(|last| page_token::encode(last, mac(last))).unwrap_or_default(),
        }))
    }
}
