//! Evidence: attached and read piece by piece, sniffed, sealed.

use aws_lc_rs::digest;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use zhenshi_proto::zhenshi::v1::{self as proto, attach_evidence_request::Part};

use crate::support::{
    applications::date,
    calls::{fields, reason},
    desk::{Desk, INVESTIGATING, in_clear, told},
    evidence::{CANARY, PIECE, hexadecimal, part, pdf},
    processes::eventually,
};

fn hex(content: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, content).as_ref())
}

impl Desk {
    /// Reads a piece of evidence: the pieces that came, and how it ended.
    async fn read(
        &self,
        staff: &str,
        evidence_id: &str,
    ) -> (Vec<proto::GetEvidenceResponse>, Option<Status>) {
        let message = proto::GetEvidenceRequest {
            case_id: self.id(),
            evidence_id: evidence_id.into(),
            purpose: format!("{CANARY} 复核"),
            language_code: "en".into(),
            ..Default::default()
        };
        let mut stream = match self.client.clone().get_evidence(self.office.by(staff, message)).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return (Vec::new(), Some(status)),
        };
        let mut pieces = Vec::new();
        loop {
            match stream.message().await {
                Ok(Some(piece)) => pieces.push(piece),
                Ok(None) => return (pieces, None),
                Err(status) => return (pieces, Some(status)),
            }
        }
    }
}

fn content(pieces: &[proto::GetEvidenceResponse]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.content.clone()).collect()
}

#[tokio::test]
async fn evidence_comes_back_as_it_went_in_and_is_sealed_in_between() {
    let desk = Desk::open().await;
    // Empty pieces, one of a single byte, exactly whole pieces, and more than are read at a time.
    for size in [1_000, PIECE, PIECE + 1, 2 * PIECE, 20 * PIECE + 77] {
        let sent = pdf(size);
        let answer = desk.attach(desk.header(), &sent).await.unwrap();
        let made = answer.evidence.unwrap();
        assert_eq!(made.content_type, "application/pdf");
        assert_eq!((made.size_bytes, &made.sha256), (i64::try_from(size).unwrap(), &hex(&sent)));
        assert_eq!(
            (made.kind(), made.collector_code.as_str()),
            (proto::EvidenceKind::ConfirmationForm, "B1")
        );
        assert!(made.signer_is_policyholder && made.original_seen && !made.electronic);
        assert_eq!((made.file_name.as_str(), made.attached_by.as_str()), ("", "B1"));
        assert_eq!(desk.newest(1).await, [13]);

        let (pieces, ended) = desk.read("CS1", &made.evidence_id).await;
        assert!(ended.is_none(), "{ended:?}");
        assert!(content(&pieces) == sent, "the same {size} bytes");
        assert!(pieces.iter().all(|piece| piece.content.len() <= PIECE));
        let described = pieces[0].evidence.clone().unwrap();
        assert_eq!(described.file_name, format!("{CANARY} 确认书.pdf"));
        assert_eq!(described.sha256, made.sha256);
        assert!(pieces[1..].iter().all(|piece| piece.evidence.is_none()));
    }
    assert_eq!(in_clear(&desk.office.admin, &[CANARY, "%PDF-1.7"]).await, [] as [String; 0]);
}

#[tokio::test]
async fn that_it_was_read_is_on_the_timeline_and_in_the_audit_log_and_changes_nothing_else() {
    let desk = Desk::open().await;
    let made = desk.attach(desk.header(), &pdf(1_000)).await.unwrap();
    assert_eq!(desk.audited("ATTACH_EVIDENCE").await, 1);
    let (id, etag) = (made.evidence.unwrap().evidence_id, desk.etag().await);
    assert_eq!(made.case.unwrap().etag, etag);
    desk.read("CS1", &id).await;
    desk.read("CO1", &id).await;
    assert_eq!(desk.newest(2).await, [14, 14]);
    assert_eq!(desk.etag().await, etag, "a verifier who reads can verify what he saw");
    assert_eq!(desk.audited("READ_EVIDENCE").await, 2);
    let purposes = "SELECT count(*) FROM case_event JOIN case_text ON case_text.id = text_id
                    WHERE case_event.case_id = $1 AND kind = 14 AND actor LIKE 'staff:C%'";
    assert_eq!(desk.count(purposes).await, 2, "what for, sealed");
    // Without a purpose, without the evidence, and by a role that may not: nothing is written.
    let message =
        proto::GetEvidenceRequest { case_id: desk.id(), evidence_id: id.clone(), ..Default::default() };
    let status = desk.client.clone().get_evidence(desk.office.by("CS1", message)).await.unwrap_err();
    assert_eq!(fields(&status), ["purpose"]);
    let (_, ended) = desk.read("CS1", &uuid::Uuid::from_u128(9).to_string()).await;
    assert_eq!(reason(&ended.unwrap()), "CASE_NOT_FOUND");
    let (_, ended) = desk.read("AD", &id).await;
    assert_eq!(reason(&ended.unwrap()), "ACTION_NOT_PERMITTED");
    assert_eq!(desk.count("SELECT count(*) FROM case_event WHERE case_id = $1 AND kind = 14").await, 2);
}

#[tokio::test]
async fn messages_in_the_wrong_order_are_refused_and_leave_nothing() {
    let desk = Desk::open().await;
    let header = || part(Part::Header(desk.header()));
    let piece = |size: usize| part(Part::Content(pdf(size)));
    let wrong: [(Vec<proto::AttachEvidenceRequest>, &str); 5] = [
        (vec![], "header"),
        (vec![piece(100), header()], "header"),
        (vec![header(), header(), piece(100)], "header"),
        (vec![header(), piece(100), header()], "header"),
        (vec![header(), piece(PIECE + 1)], "content"),
    ];
    for (messages, field) in wrong {
        let status = desk.send("B1", messages).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
        assert_eq!(fields(&status), [field]);
    }
    // A message that says nothing is an empty piece; one that is no message is refused before it gets here.
    let nothing = proto::AttachEvidenceRequest { part: None };
    let status = desk.send("B1", vec![nothing.clone(), header()]).await.unwrap_err();
    assert_eq!(fields(&status), ["header"]);
    desk.is_bare().await;
    let sized = proto::AttachEvidenceHeader { size_bytes: 100, ..desk.header() };
    desk.send("B1", vec![part(Part::Header(sized)), nothing, piece(100)]).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_evidence_is_refused_and_leaves_nothing() {
    let desk = Desk::open_with(|config| config.evidence.max_bytes = 100_000).await;
    assert_eq!(desk.refused(b"").await, "EMPTY");
    assert_eq!(desk.refused(&pdf(100_001)).await, "TOO_LARGE");
    for content in [
        &b"MZ\x90\x00 a program"[..],
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04 an archive",
        b"%",
    ] {
        assert_eq!(desk.refused(content).await, "CONTENT_TYPE");
    }
    desk.is_bare().await;
    desk.attach(desk.header(), &pdf(100_000)).await.unwrap();
}

#[tokio::test]
async fn what_is_said_of_it_is_checked() {
    let desk = Desk::open().await;
    let names = [
        "",
        " ",
        "../../etc/passwd",
        "a\\b.pdf",
        "..",
        "a\u{7}.pdf",
        "a\nb.pdf",
        "确认书\u{202E}fdp.exe",
        "a\u{200B}.pdf",
        &"长".repeat(256),
    ];
    for name in names {
        let header = proto::AttachEvidenceHeader { file_name: name.into(), ..desk.header() };
        let status = desk.attach(header, &pdf(100)).await.unwrap_err();
        assert!(fields(&status).iter().all(|field| field == "header.file_name"), "{name:?}");
        assert!(!format!("{status:?}").contains("passwd"));
    }
    let unsigned = proto::AttachEvidenceHeader { signed_on: None, ..desk.header() };
    let status = desk.attach(unsigned, &pdf(100)).await.unwrap_err();
    assert_eq!(fields(&status), ["header.signed_on"], "a signature has a day");
    let future = proto::AttachEvidenceHeader { signed_on: Some(date(2026, 11, 25)), ..desk.header() };
    assert_eq!(fields(&desk.attach(future, &pdf(100)).await.unwrap_err()), ["header.signed_on"]);
    let nobody = proto::AttachEvidenceHeader { collector_code: "NOBODY".into(), ..desk.header() };
    let status = desk.attach(nobody, &pdf(100)).await.unwrap_err();
    assert_eq!((reason(&status).as_str(), told(&status, "why").as_str()), ("STAFF_NOT_ELIGIBLE", "UNKNOWN"));
    let empty = proto::AttachEvidenceHeader { language_code: "en".into(), ..Default::default() };
    let status = desk.attach(empty, &pdf(100)).await.unwrap_err();
    let wanted = ["header.request_id", "header.case_id", "header.kind", "header.file_name"];
    assert_eq!(fields(&status), wanted);
    desk.is_bare().await;
    let by_another = proto::AttachEvidenceHeader {
        collector_code: "B2".into(),
        file_name: "'; DROP TABLE case_file; -- <b>%s\".pdf".into(),
        ..desk.header()
    };
    let made = desk.attach(by_another, &pdf(100)).await.unwrap().evidence.unwrap();
    assert_eq!((made.collector_code.as_str(), made.attached_by.as_str()), ("B2", "B1"));
}

#[tokio::test]
async fn who_may_not_is_refused_before_a_content_is_read() {
    let desk = Desk::open().await;
    let header = || vec![part(Part::Header(desk.header())), part(Part::Content(b"MZ no evidence".to_vec()))];
    assert_eq!(reason(&desk.send("AU", header()).await.unwrap_err()), "ACTION_NOT_PERMITTED");
    let unknown =
        proto::AttachEvidenceHeader { case_id: uuid::Uuid::from_u128(5).to_string(), ..desk.header() };
    assert_eq!(reason(&desk.attach(unknown, b"MZ").await.unwrap_err()), "CASE_NOT_FOUND");
    desk.give("B1").await;
    let status = desk.send("B1", header()).await.unwrap_err();
    assert_eq!(reason(&status), "MOVE_NOT_ALLOWED", "he has not begun");
    desk.start("B1").await;
    assert_eq!(desk.state().await, INVESTIGATING);
    desk.is_bare().await;
}

#[tokio::test]
async fn a_repeat_attaches_nothing_again() {
    let desk = Desk::open().await;
    let (header, sent) = (desk.header(), pdf(3 * PIECE));
    let first = desk.attach(header.clone(), &sent).await.unwrap();
    let other_words = proto::AttachEvidenceHeader { language_code: "zh-Hans".into(), ..header.clone() };
    assert_eq!(desk.attach(other_words, &sent).await.unwrap(), first);
    assert_eq!(desk.count("SELECT count(*) FROM case_evidence WHERE case_id = $1").await, 1);
    assert_eq!(desk.count("SELECT count(*) FROM case_evidence_piece WHERE $1::uuid IS NOT NULL").await, 3);
    let status = desk.attach(header.clone(), &pdf(100)).await.unwrap_err();
    assert_eq!(reason(&status), "REQUEST_ID_REUSED", "another content");
    let other = proto::AttachEvidenceHeader { original_seen: false, ..header };
    assert_eq!(reason(&desk.attach(other, &sent).await.unwrap_err()), "REQUEST_ID_REUSED", "another header");
}

#[tokio::test]
async fn a_dropped_call_leaves_nothing_and_gives_its_place_back() {
    let desk = Desk::open_with(|config| config.evidence.uploads = 1).await;
    let (messages, stream) = mpsc::channel(4);
    let mut client = desk.client.clone();
    let request = desk.office.by("B1", ReceiverStream::new(stream));
    let call = tokio::spawn(async move { client.attach_evidence(request).await });
    messages.send(part(Part::Header(desk.header()))).await.unwrap();
    messages.send(part(Part::Content(pdf(PIECE)))).await.unwrap();
    let free = async || (desk.office.app().evidence.free_places() == 1).then_some(());
    eventually("the place is taken", async || free().await.is_none().then_some(())).await;
    let turned_away = desk.attach(desk.header(), &pdf(100)).await.unwrap_err();
    assert_eq!(reason(&turned_away), "OVERLOADED");
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // The sender lives on: without it the upload would end whole, and not be dropped.
    eventually("the place is free", free).await;
    drop(messages);
    desk.is_bare().await;
}

#[tokio::test]
async fn a_changed_moved_or_missing_piece_is_no_answer_and_an_incident() {
    let desk = Desk::open().await;
    let sent = pdf(3 * PIECE);
    let id = desk.attach(desk.header(), &sent).await.unwrap().evidence.unwrap().evidence_id;
    let other = desk.attach(desk.header(), &sent).await.unwrap().evidence.unwrap().evidence_id;
    let harm = [
        // A byte of the second piece.
        "UPDATE case_evidence_piece SET payload = set_byte(payload, 500, get_byte(payload, 500) # 1)
         WHERE evidence_id = $1 AND piece_no = 1",
        // The first two change places.
        "UPDATE case_evidence_piece AS p SET payload = q.payload FROM case_evidence_piece AS q
         WHERE p.evidence_id = $1 AND q.evidence_id = $1 AND p.piece_no < 2 AND q.piece_no = 1 - p.piece_no",
        // The last one is gone.
        "DELETE FROM case_evidence_piece WHERE evidence_id = $1 AND piece_no = 2",
        // All are gone.
        "DELETE FROM case_evidence_piece WHERE evidence_id = $1",
        // That of another evidence stands in its place.
        "UPDATE case_evidence_piece SET payload = (SELECT payload FROM case_evidence_piece
             WHERE evidence_id <> $1 AND piece_no = 0) WHERE evidence_id = $1 AND piece_no = 0",
        // The key is another's.
        "UPDATE case_evidence SET wrapped_key = (SELECT wrapped_key FROM case_evidence WHERE id <> $1) WHERE id = $1",
        // What is said of it is not what it is.
        "UPDATE case_evidence SET sha256 = sha256('other') WHERE id = $1",
    ];
    let admin = &desk.office.admin;
    for sql in harm {
        sqlx::query("CREATE TABLE kept_piece AS TABLE case_evidence_piece").execute(admin).await.unwrap();
        sqlx::query("CREATE TABLE kept AS TABLE case_evidence").execute(admin).await.unwrap();
        let evidence_id: uuid::Uuid = id.parse().unwrap();
        let done = sqlx::query(sql).bind(evidence_id).execute(admin).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
        let (pieces, ended) = desk.read("CS1", &id).await;
        let status = ended.expect(sql);
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "INTERNAL"), "{sql}");
        assert!(!told(&status, "incident_id").is_empty(), "{sql}");
        // What came before the broken piece is what was sent, and nothing else came.
        assert!(sent.starts_with(&content(&pieces)), "{sql}");
        let restore = [
            "DELETE FROM case_evidence_piece",
            "INSERT INTO case_evidence_piece TABLE kept_piece",
            "UPDATE case_evidence AS e SET wrapped_key = kept.wrapped_key, sha256 = kept.sha256 FROM kept WHERE kept.id = e.id",
            "DROP TABLE kept",
            "DROP TABLE kept_piece",
        ];
        for sql in restore {
            sqlx::query(sql).execute(admin).await.unwrap();
        }
    }
    for id in [&id, &other] {
        let (pieces, ended) = desk.read("CS1", id).await;
        assert!(ended.is_none() && content(&pieces) == sent);
    }
    // Destroyed: there is nothing to read any more.
    let destroy = "UPDATE case_evidence SET wrapped_key = NULL WHERE id::text = $1";
    sqlx::query(destroy).bind(&id).execute(admin).await.unwrap();
    assert_eq!(reason(&desk.read("CS1", &id).await.1.unwrap()), "CASE_NOT_FOUND");
}
