//! Importing files through real gRPC.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::{self as proto, import_directory_request::Part};

use crate::support::{
    database::count,
    directory::{Client, client, reason, with},
    service::{CHANNELS, TestService},
};

/// Imports a file in pieces of a few bytes; its header says how long it is.
async fn import(
    client: &Client,
    token: &str,
    header: proto::ImportDirectoryHeader,
    file: &[u8],
) -> Result<proto::ImportDirectoryResponse, Status> {
    let size_bytes = i64::try_from(file.len()).unwrap();
    send(client, token, proto::ImportDirectoryHeader { size_bytes, ..header }, file).await
}

/// The same with what the header says.
async fn send(
    client: &Client,
    token: &str,
    header: proto::ImportDirectoryHeader,
    file: &[u8],
) -> Result<proto::ImportDirectoryResponse, Status> {
    let piece = |part| proto::ImportDirectoryRequest { part: Some(part) };
    let mut pieces = vec![piece(Part::Header(header))];
    pieces.extend(file.chunks(50_000).map(|chunk| piece(Part::Chunk(chunk.to_vec()))));
    Ok(client.clone().import_directory(with(token, tokio_stream::iter(pieces))).await?.into_inner())
}

const SELLERS: &str = "code,name,kind,channel,qualified_from,phone,note\n\
    S001,测试甲,agent,bancassurance,2020-01-01,13827359461,\n\
    S002,测试乙,agent,bancassurance,2020-01-01,13827359462,\n";

#[tokio::test]
async fn a_file_is_imported_whole_in_part_or_not_at_all() {
    let service = TestService::start().await;
    let (client, token) = (client(&service).await, service.token("core", &["*"], &CHANNELS).await);
    let header = proto::ImportDirectoryHeader {
        kind: proto::DirectoryKind::Sellers.into(),
        language_code: "en".into(),
        ..Default::default()
    };
    let counts = |answer: &proto::ImportDirectoryResponse| {
        (
            answer.row_count,
            answer.created_count,
            answer.changed_count,
            answer.unchanged_count,
            answer.refused_count,
        )
    };
    let dry = proto::ImportDirectoryHeader { validate_only: true, ..header.clone() };
    let answer = import(&client, &token, dry, SELLERS.as_bytes()).await.unwrap();
    assert_eq!((counts(&answer), answer.written), ((2, 2, 0, 0, 0), false));
    let answer = import(&client, &token, header.clone(), SELLERS.as_bytes()).await.unwrap();
    assert_eq!((counts(&answer), answer.written), ((2, 2, 0, 0, 0), true));
    assert_eq!(answer.ignored_columns, ["note"]);
    let again = import(&client, &token, header.clone(), SELLERS.as_bytes()).await.unwrap();
    assert_eq!(counts(&again), (2, 0, 0, 2, 0), "the same file again changes nothing");

    let mixed = SELLERS.replace("13827359462", "138****9462").replace("S001", "S003");
    let answer = import(&client, &token, header.clone(), mixed.as_bytes()).await.unwrap();
    assert_eq!((counts(&answer), answer.written), ((2, 0, 0, 0, 1), false));
    let problem = &answer.problems[0];
    assert_eq!((problem.row, problem.column.as_str()), (3, "phones"));
    assert!(problem.message.contains("cannot be used"), "{}", problem.message);
    let partial = proto::ImportDirectoryHeader { partial: true, ..header.clone() };
    let answer = import(&client, &token, partial, mixed.as_bytes()).await.unwrap();
    assert_eq!((counts(&answer), answer.written), ((2, 1, 0, 0, 1), true));

    let missing = import(&client, &token, header.clone(), b"code,name\nS1,x\n").await.unwrap_err();
    assert_eq!((missing.code(), reason(&missing)), (Code::InvalidArgument, "DIRECTORY_FILE_UNUSABLE".into()));
    let why = missing.get_details_error_info().unwrap().metadata;
    assert_eq!(
        (why["problem"].as_str(), why["columns"].as_str()),
        ("missing-columns", "kind, channel, qualified_from")
    );
    let large = vec![b'x'; 32 * 1024 * 1024 + 1];
    let large = import(&client, &token, header.clone(), &large).await.unwrap_err();
    assert_eq!(large.get_details_error_info().unwrap().metadata["problem"], "too-large");
    let narrow = service.token("bank", &["*"], &[SalesChannel::Direct]).await;
    let refused = import(&client, &narrow, header, SELLERS.as_bytes()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let nothing = import(&client, &token, proto::ImportDirectoryHeader::default(), SELLERS.as_bytes())
        .await
        .unwrap_err();
    assert_eq!(reason(&nothing), "INVALID_REQUEST");

    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM directory_entry").await, 3);
    let readable = "SELECT count(*) FROM directory_entry WHERE name <> '' OR payload IS NULL
         OR encode(payload, 'escape') LIKE '%13827359461%'";
    assert_eq!(count(&admin, readable).await, 0, "names and contacts are sealed");
}

#[tokio::test]
async fn half_a_file_is_refused_and_changes_nothing() {
    let service = TestService::start().await;
    let (client, token) = (client(&service).await, service.token("core", &["*"], &CHANNELS).await);
    let whole = SELLERS.as_bytes();
    let first_row = SELLERS.match_indices('\n').nth(1).unwrap().0 + 1;
    let sized = |size_bytes| proto::ImportDirectoryHeader {
        kind: proto::DirectoryKind::Sellers.into(),
        language_code: "en".into(),
        size_bytes,
        ..Default::default()
    };
    let size = i64::try_from(whole.len()).unwrap();
    let problem = |status: &Status| {
        let info = status.get_details_error_info().unwrap();
        (info.reason, info.metadata.get("problem").cloned().unwrap_or_default())
    };
    let incomplete = ("DIRECTORY_FILE_UNUSABLE".to_owned(), "incomplete".to_owned());
    // Given up after the first row: a file that would do, were it not for its size. Then one byte too few and one too many.
    let given_up = send(&client, &token, sized(size), &whole[..first_row]).await.unwrap_err();
    assert_eq!((given_up.code(), problem(&given_up)), (Code::InvalidArgument, incomplete.clone()));
    for (size, file) in [(size, &whole[..whole.len() - 1]), (size - 1, whole), (size, &whole[..0])] {
        assert_eq!(problem(&send(&client, &token, sized(size), file).await.unwrap_err()), incomplete);
    }
    for (size, file) in [(0, whole), (-1, whole)] {
        let refused = send(&client, &token, sized(size), file).await.unwrap_err();
        assert_eq!(reason(&refused), "INVALID_REQUEST");
        let fields = refused.get_details_bad_request().unwrap().field_violations;
        assert_eq!(fields[0].field, "header.size_bytes");
    }
    // Said to be too large: no byte of it is waited for.
    let large = send(&client, &token, sized(i64::MAX), &[]).await.unwrap_err();
    assert_eq!(problem(&large).1, "too-large");
    let empty = send(&client, &token, sized(0), &[]).await.unwrap_err();
    assert_eq!(problem(&empty).1, "empty");

    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM directory_entry").await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM directory_contact").await, 0);
    assert!(send(&client, &token, sized(size), whole).await.unwrap().written);
}
