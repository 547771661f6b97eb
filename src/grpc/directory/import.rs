//! `ImportDirectory`: the pieces of a file put together, within the limit, and imported.

use tonic::{Extensions, Status, Streaming};
use zhenshi_proto::zhenshi::v1::{self as proto, import_directory_request::Part};

use super::Directory;
use crate::{
    app::{
        AppError,
        directory::{
            EntryKind,
            import::{FileError, ImportRequest, Imported, MAX_FILE_BYTES, import, report::sentence},
            tools::DirectoryTools,
        },
    },
    grpc::{auth, convert::directory::column, status::StatusWriter},
    words::Language,
};

/// Most problems of one answer.
const MAX_PROBLEMS: usize = 1_000;

impl Directory {
    /// One import. Who may not write was told so by the guards, before the file is read.
    pub(super) async fn import(
        &self,
        extensions: &Extensions,
        mut pieces: Streaming<proto::ImportDirectoryRequest>,
    ) -> Result<proto::ImportDirectoryResponse, Box<Status>> {
        let (writer, _) = self.writer(extensions, "");
        let principal = auth::principal(extensions)?;
        let Some(Part::Header(header)) = next(&mut pieces).await? else {
            return Err(Box::new(writer.invalid(vec![writer.violation("header", "violation-required")])));
        };
        let proto::ImportDirectoryHeader { kind, partial, validate_only, language_code, size_bytes } = header;
        let (writer, language) = self.writer(extensions, &language_code);
        let Some(kind) = entry_kind(kind) else {
            return Err(Box::new(
                writer.invalid(vec![writer.violation("header.kind", "violation-required")]),
            ));
        };
        let Ok(size) = u64::try_from(size_bytes) else {
            let negative = writer.violation("header.size_bytes", "violation-negative");
            return Err(Box::new(writer.invalid(vec![negative])));
        };
        let bytes = gather(&mut pieces, size, &writer).await?;
        let tools = DirectoryTools::of(&self.app);
        let request = ImportRequest { kind, bytes, partial, dry_run: validate_only };
        let imported = import(&tools, &principal, request).await;
        let imported = imported.map_err(|error| Box::new(writer.app(&error)))?;
        Ok(self.answer(kind, &imported, language))
    }

    fn answer(
        &self,
        kind: EntryKind,
        imported: &Imported,
        language: Language,
    ) -> proto::ImportDirectoryResponse {
        let problems = imported.problems.iter().flat_map(|row| {
            row.problems.iter().map(|problem| proto::DirectoryRowProblem {
                row: count(row.row),
                column: column(kind, problem.field).to_owned(),
                message: sentence(&self.words, language, *problem),
            })
        });
        let counts = imported.counts;
        proto::ImportDirectoryResponse {
            row_count: count(imported.rows),
            created_count: i32::try_from(counts.created).unwrap_or(i32::MAX),
            changed_count: i32::try_from(counts.changed).unwrap_or(i32::MAX),
            unchanged_count: i32::try_from(counts.unchanged).unwrap_or(i32::MAX),
            refused_count: count(imported.problems.len()),
            written: imported.written,
            problems: problems.take(MAX_PROBLEMS).collect(),
            ignored_columns: imported.ignored.clone(),
        }
    }
}

/// Rows are far fewer than the number can count.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

async fn next(pieces: &mut Streaming<proto::ImportDirectoryRequest>) -> Result<Option<Part>, Box<Status>> {
    Ok(pieces.message().await.map_err(Box::new)?.and_then(|message| message.part))
}

/// The file, all its `size` bytes; nothing is kept of one that is too large, or not as long as its header says.
async fn gather(
    pieces: &mut Streaming<proto::ImportDirectoryRequest>,
    size: u64,
    writer: &StatusWriter,
) -> Result<Vec<u8>, Box<Status>> {
    let unusable = |error| Err(Box::new(writer.app(&AppError::DirectoryFileUnusable(error))));
    if size > MAX_FILE_BYTES as u64 {
        return unusable(FileError::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(message) = pieces.message().await.map_err(Box::new)? {
        let Some(Part::Chunk(chunk)) = message.part else {
            return Err(Box::new(writer.invalid(vec![writer.violation("chunk", "violation-required")])));
        };
        bytes.extend_from_slice(&chunk);
        if size == 0 && !bytes.is_empty() {
            let unsaid = writer.violation("header.size_bytes", "violation-required");
            return Err(Box::new(writer.invalid(vec![unsaid])));
        }
        if bytes.len() as u64 > size {
            return unusable(FileError::Incomplete);
        }
    }
    // A call that is given up in its middle can look like one that has ended.
    if bytes.len() as u64 == size { Ok(bytes) } else { unusable(FileError::Incomplete) }
}

fn entry_kind(number: i32) -> Option<EntryKind> {
    match proto::DirectoryKind::try_from(number).unwrap_or_default() {
        proto::DirectoryKind::Unspecified => None,
        proto::DirectoryKind::Channels => Some(EntryKind::Channel),
        proto::DirectoryKind::Branches => Some(EntryKind::Branch),
        proto::DirectoryKind::Agencies => Some(EntryKind::Agency),
        proto::DirectoryKind::Sellers => Some(EntryKind::Seller),
        proto::DirectoryKind::Staff => Some(EntryKind::Staff),
    }
}
