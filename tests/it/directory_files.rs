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

/// Imports a file in pieces of a few bytes.
async fn import(
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
