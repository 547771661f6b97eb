//! Get, List and Upsert of any kind of entry.

use tonic::{Extensions, Status};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1 as proto;

use super::Directory;
use crate::{
    app::directory::{
        EntryKind,
        get::{ListFilter, get, list},
        tools::DirectoryTools,
        upsert::{Submitted, upsert},
    },
    grpc::{
        auth,
        convert::{
            directory::{Resource, resource as resource_name, violations},
            enums::read,
        },
        page_token,
        status::StatusWriter,
    },
    security::{fingerprint::keyed_digest, principal::Principal},
    words::Language,
};

/// Entries of a page when the caller does not say.
const DEFAULT_PAGE_SIZE: u16 = 50;
/// Most entries of a page.
const MAX_PAGE_SIZE: u16 = 200;

/// What a List asks for, whatever the kind.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) page_size: i32,
    pub(super) page_token: String,
    pub(super) channel: i32,
    pub(super) branch_code: String,
    pub(super) language_code: String,
}

/// What an Upsert sends, whatever the kind.
pub(super) struct Writing<R> {
    pub(super) request_id: String,
    pub(super) resource: Option<R>,
    pub(super) language_code: String,
}

impl Directory {
    pub(super) fn writer(&self, extensions: &Extensions, language_code: &str) -> (StatusWriter, Language) {
        let language = auth::language(extensions, language_code);
        (StatusWriter::new(self.words.clone(), language), language)
    }

    /// One entry, masked.
    pub(super) async fn get<R: Resource>(
        &self,
        extensions: &Extensions,
        code: &str,
        language_code: &str,
    ) -> Result<R, Box<Status>> {
        let (writer, _) = self.writer(extensions, language_code);
        let principal = auth::principal(extensions)?;
        if code.is_empty() {
            return Err(Box::new(writer.invalid(vec![writer.violation("code", "violation-required")])));
        }
        let tools = DirectoryTools::of(&self.app);
        let shown = get(&tools, &principal, R::KIND, code).await;
        let shown = shown.map_err(|error| Box::new(writer.app(&error)))?;
        Ok(R::of(&shown.row, shown.person.as_ref()))
    }

    /// A page of entries without personal data, and the token of the next.
    pub(super) async fn list<R: Resource>(
        &self,
        extensions: &Extensions,
        listing: Listing,
    ) -> Result<(Vec<R>, String), Box<Status>> {
        let (writer, _) = self.writer(extensions, &listing.language_code);
        let principal = auth::principal(extensions)?;
        let page_size = page_size(listing.page_size).ok_or_else(|| {
            Box::new(writer.invalid(vec![writer.violation("page_size", "violation-negative")]))
        })?;
        let mac = |last: Uuid| self.filters_mac(R::KIND, &listing, &principal, last);
        let after = match listing.page_token.as_str() {
            "" => None,
            token => Some(page_token::decode(token, mac).ok_or_else(|| Box::new(writer.page_token()))?),
        };
        let filter = ListFilter {
            channel: read::<proto::Channel>(listing.channel),
            branch_code: (!listing.branch_code.is_empty()).then(|| listing.branch_code.clone()),
            after,
        };
        let tools = DirectoryTools::of(&self.app);
        let page = list(&tools, &principal, R::KIND, filter, page_size).await;
        let page = page.map_err(|error| Box::new(writer.app(&error)))?;
        let next = page.next.map(|last| page_token::encode(last, mac(last))).unwrap_or_default();
        Ok((page.rows.iter().map(|row| R::of(row, None)).collect(), next))
    }

    /// Writes one entry and answers with it as it stands.
    pub(super) async fn upsert<R: Resource>(
        &self,
        extensions: &Extensions,
        writing: Writing<R>,
    ) -> Result<R, Box<Status>> {
        let (writer, language) = self.writer(extensions, &writing.language_code);
        let principal = auth::principal(extensions)?;
        let Writing { request_id, resource, .. } = writing;
        let mut missing = Vec::new();
        let id = Uuid::try_parse(&request_id).ok();
        if id.is_none() {
            let why = if request_id.is_empty() { "violation-required" } else { "violation-uuid" };
            missing.push(writer.violation("request_id", why));
        }
        if resource.is_none() {
            missing.push(writer.violation(resource_name(R::KIND), "violation-required"));
        }
        let (Some(request_id), Some(resource)) = (id, resource) else {
            return Err(Box::new(writer.invalid(missing)));
        };
        let tools = DirectoryTools::of(&self.app);
        let digest = tools.request_digest(&resource.encode_to_vec());
        let expected_revision = match resource.etag() {
            "" => None,
            // What is no etag of ours is that of no entry.
            etag => Some(etag.parse().unwrap_or(0)),
        };
        let (draft, unread) = resource.draft();
        if !unread.is_empty() {
            return Err(Box::new(writer.invalid(violations(R::KIND, &unread, &self.words, language))));
        }
        let submitted = Submitted { request_id, digest, expected_revision, draft };
        let row =
            upsert(&tools, &principal, submitted).await.map_err(|error| Box::new(writer.app(&error)))?;
        Ok(R::of(&row, None))
    }

    /// Binds a page token to the kind, the filters, the caller and its id.
    fn filters_mac(&self, kind: EntryKind, listing: &Listing, principal: &Principal, last: Uuid) -> [u8; 32] {
        let kind = format!("{kind:?}");
        let parts: [&[u8]; 6] = [
            b"directory page token v1",
            kind.as_bytes(),
            &listing.channel.to_be_bytes(),
            listing.branch_code.as_bytes(),
            principal.caller.as_bytes(),
            last.as_bytes(),
        ];
        keyed_digest(&self.app.digest_key, &parts)
    }
}

fn page_size(asked: i32) -> Option<u16> {
    match u16::try_from(asked) {
        Ok(0) => Some(DEFAULT_PAGE_SIZE),
        Ok(size) => Some(size.min(MAX_PAGE_SIZE)),
        Err(_) if asked > 0 => Some(MAX_PAGE_SIZE),
        Err(_) => None,
    }
}
