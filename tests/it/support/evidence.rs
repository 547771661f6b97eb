//! Evidence that is attached at a [`Desk`], and contents for it.

use std::fmt::Write as _;

use tonic::{Code, Status};
use zhenshi_proto::zhenshi::v1::{self as proto, attach_evidence_request::Part};

use super::{
    applications::date,
    calls::reason,
    desk::{Desk, told},
};

/// Words that may stand nowhere in clear.
pub const CANARY: &str = "金丝雀藏身";
/// Bytes of a piece on the wire.
pub const PIECE: usize = 64 * 1024;

/// A PDF of `size` bytes with words of its own, and no two pieces alike.
pub fn pdf(size: usize) -> Vec<u8> {
    let mut content = format!("%PDF-1.7\n{CANARY}\n").into_bytes();
    let mut line = 0_u32;
    while content.len() < size {
        content.extend_from_slice(format!("{line:08} {CANARY}\n").as_bytes());
        line += 1;
    }
    content.truncate(size);
    content
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A message of an upload.
pub fn part(part: Part) -> proto::AttachEvidenceRequest {
    proto::AttachEvidenceRequest { part: Some(part) }
}

impl Desk {
    pub fn header(&self) -> proto::AttachEvidenceHeader {
        proto::AttachEvidenceHeader {
            request_id: self.office.request_id(),
            case_id: self.id(),
            kind: proto::EvidenceKind::ConfirmationForm.into(),
            file_name: format!("{CANARY} 确认书.pdf"),
            signer_is_policyholder: true,
            signed_on: Some(date(2026, 11, 24)),
            original_seen: true,
            language_code: "en".into(),
            ..proto::AttachEvidenceHeader::default()
        }
    }

    /// Sends the messages as they are.
    pub async fn send(
        &self,
        staff: &str,
        messages: Vec<proto::AttachEvidenceRequest>,
    ) -> Result<proto::AttachEvidenceResponse, Status> {
        let request = self.office.by(staff, tokio_stream::iter(messages));
        self.client.clone().attach_evidence(request).await.map(tonic::Response::into_inner)
    }

    pub async fn attach(
        &self,
        header: proto::AttachEvidenceHeader,
        content: &[u8],
    ) -> Result<proto::AttachEvidenceResponse, Status> {
        let size_bytes = i64::try_from(content.len()).unwrap();
        let header = proto::AttachEvidenceHeader { size_bytes, ..header };
        // Pieces of the wire are not those of the store.
        let pieces = content.chunks(50_000).map(|piece| part(Part::Content(piece.to_vec())));
        self.send("B1", std::iter::once(part(Part::Header(header))).chain(pieces).collect()).await
    }

    pub async fn refused(&self, content: &[u8]) -> String {
        let status = self.attach(self.header(), content).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "EVIDENCE_REFUSED"));
        told(&status, "why")
    }

    /// Nothing of any evidence is there.
    pub async fn is_bare(&self) {
        for sql in [
            "SELECT count(*) FROM case_evidence WHERE case_id = $1",
            "SELECT count(*) FROM case_evidence_piece WHERE $1::uuid IS NOT NULL",
            "SELECT count(*) FROM case_text WHERE case_id = $1",
            "SELECT count(*) FROM case_event WHERE case_id = $1 AND kind = 13",
        ] {
            assert_eq!(self.count(sql).await, 0, "{sql}");
        }
    }
}
