//! Input that no honest caller sends, and what honest ones send by mistake: each gets the right answer, and the service
//! goes on.

use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::Code;
use zhenshi_proto::zhenshi::v1::{self as proto, Severity, ValidateApplicationResponse, Verdict};

use crate::support::{
    applications::{application, date, request},
    raw::{Raw, VALIDATE, claim, frame},
    service::{CHANNELS, TestService},
    statuses::{language, metadata, reason},
};

/// How an application is spoilt, and the place whose finding must say so.
type Spoilt = (&'static str, &'static str, fn(&mut proto::Application));

fn holder(application: &mut proto::Application) -> &mut proto::Person {
    application.policyholder.as_mut().unwrap()
}

/// Each in one field; what is wrong with data is a finding, never an error.
const SPOILT: &[Spoilt] = &[
    ("a day that is none", "applied_on", |a| a.applied_on = Some(date(2026, 2, 30))),
    ("a date of the far past", "applied_on", |a| a.applied_on = Some(date(-5, 13, 400))),
    ("a birth date in part", "policyholder.birth_date", |a| holder(a).birth_date = Some(date(1985, 0, 0))),
    ("an unknown sex", "policyholder.sex", |a| holder(a).sex = 99),
    ("an unknown certificate kind", "policyholder.certificate.kind", |a| {
        holder(a).certificate.as_mut().unwrap().kind = -7;
    }),
    ("an unknown product class", "product.class", |a| a.product.as_mut().unwrap().class = 1_000),
    ("no product", "product.class", |a| a.product = None),
    ("no policyholder", "policyholder.name", |a| a.policyholder = None),
    ("no certificate", "policyholder.certificate.number", |a| holder(a).certificate = None),
    ("no address", "policyholder.address", |a| holder(a).address = None),
    ("no insured", "insureds", |a| a.insureds.clear()),
    ("an insured of nothing", "insureds[0].person.name", |a| a.insureds[0] = proto::Insured::default()),
    ("NUL in a name", "policyholder.name", |a| holder(a).name = "测\0试".into()),
    ("bidi override in a name", "policyholder.name", |a| holder(a).name = "测\u{202e}试".into()),
    ("zero-width joiner in a name", "policyholder.name", |a| holder(a).name = "测\u{200d}试".into()),
    ("an emoji as a name", "policyholder.name", |a| holder(a).name = "😀".into()),
    ("an emoji in a number", "policyholder.certificate.number", |a| {
        holder(a).certificate.as_mut().unwrap().number = "1101011985031500😀1".into();
    }),
    ("an account in scientific notation", "accounts[0].number", |a| {
        a.accounts[0].number = "6.22202E+18".into();
    }),
    ("NUL in an account", "accounts[0].number", |a| a.accounts[0].number.push('\0')),
    ("a phone of a thousand digits", "policyholder.phones[0]", |a| {
        holder(a).phones = vec!["1".repeat(1_000)];
    }),
];

#[tokio::test]
async fn whatever_the_data_holds_is_a_finding_at_its_place() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let mut wrong = Vec::new();
    for (n, (what, path, spoil)) in (0u32..).zip(SPOILT) {
        let mut spoilt = application(&format!("H-{n}"), n);
        spoil(&mut spoilt);
        let answer = client.validate(request(n.into(), spoilt)).await.unwrap();
        if answer.verdict() != Verdict::Rejected || !blocks(&answer, path) {
            let seen: Vec<_> =
                answer.findings.iter().map(|finding| (&finding.code, &finding.field_path)).collect();
            wrong.push(format!("{what}: {:?} {seen:?}", answer.verdict()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn marks_that_nobody_sees_are_dropped_from_numbers() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let mut marked = application("A-1", 1);
    let number = &mut holder(&mut marked).certificate.as_mut().unwrap().number;
    *number = format!("\u{feff}{number}\u{200b}");
    marked.insureds[0].person.clone_from(&marked.policyholder);
    holder(&mut marked).phones[0].insert(3, '\u{202e}');
    marked.accounts[0].number.insert(4, '\u{200d}');
    let answer = client.validate(request(1, marked)).await.unwrap();
    assert_eq!(answer.verdict(), Verdict::Accepted);
}

fn blocks(answer: &ValidateApplicationResponse, path: &str) -> bool {
    answer.findings.iter().any(|finding| {
        finding.severity() == Severity::Blocking
            && finding.field_path.starts_with(path)
            && !finding.message.is_empty()
    })
}

#[tokio::test]
async fn what_cannot_be_decoded_is_told_apart_and_harms_nobody() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let whole = request(1, application("A-1", 1)).encode_to_vec();
    let malformed = (Code::InvalidArgument, "MALFORMED_MESSAGE".to_owned());
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("invalid UTF-8", frame(&[0x0a, 2, 0xff, 0xfe])),
        ("invalid UTF-8 deep inside", frame(&[0x12, 4, 0x0a, 2, 0xc3, 0x28])),
        ("a field of the wrong type", frame(&[0x08, 1])),
        ("a length beyond the message", frame(&[0x0a, 200, 1])),
        ("deep nesting", frame(&nested(5_000))),
        ("a varint without end", frame(&[0xff; 12])),
        ("a frame that is cut off", claim(u32::try_from(whole.len()).unwrap(), &whole[..whole.len() / 2])),
        ("a header that is cut off", vec![0, 0, 0]),
        ("no message", Vec::new()),
        ("two messages", [frame(&whole), frame(&whole)].concat()),
        ("a compressed flag without compression", [&[1u8, 0, 0, 0, 1][..], b"x"].concat()),
        ("an unknown flag", [&[9u8, 0, 0, 0, 1][..], b"x"].concat()),
    ];
    for (what, body) in bodies {
        let answer = raw.call(VALIDATE, &[("authorization", &token)], body).await;
        assert_eq!(reason(answer.status()), malformed, "{what}");
        assert_eq!(language(answer.status()), "zh-Hans");
    }
    let headers = [("authorization", &*token), ("accept-language", "fr, en;q=0.8")];
    let answer = raw.call(VALIDATE, &headers, frame(&[0xff])).await;
    assert_eq!(language(answer.status()), "en");
    honest(&raw, &token).await;
}

#[tokio::test]
async fn too_large_is_told_with_the_limit_before_it_is_read() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    for size in [256 * 1024 + 1, 300 * 1024, 10 * 1024 * 1024] {
        let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&vec![0; size])).await;
        assert_eq!(
            reason(answer.status()),
            (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".to_owned()),
            "{size}"
        );
        assert_eq!(metadata(answer.status(), "limit_bytes").as_deref(), Some("262144"));
    }
    // A claim alone, without a byte of it.
    let mut open = raw.open(VALIDATE, &[("authorization", &token)]).await.unwrap();
    open.body.send_data(claim(u32::MAX, b"").into(), false).unwrap();
    let answer = open.answer().await.unwrap();
    assert_eq!(reason(answer.status()).1, "MESSAGE_TOO_LARGE");
    // As large as may be, of a field that there is not: read, and judged for what it lacks.
    let padded = [&[0xfa, 0x3f][..], &varint(256 * 1024 - 5), &vec![0; 256 * 1024 - 5]].concat();
    let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&padded)).await;
    assert_eq!(reason(answer.status()).1, "INVALID_REQUEST");
    honest(&raw, &token).await;
}

#[tokio::test]
async fn what_is_not_this_api_is_refused_by_name() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let authorized = ("authorization", &*token);
    let unknown = (Code::Unimplemented, "METHOD_UNKNOWN".to_owned());
    for path in [
        "/zhenshi.v1.ValidationService/Nothing",
        "/zhenshi.v9.Service/X",
        "/",
        "/grpc.health.v1.Health/Nothing",
    ] {
        let answer = raw.call(path, &[authorized], frame(b"")).await;
        assert_eq!((answer.http, reason(answer.status())), (200, unknown.clone()), "{path}");
    }
    for content_type in ["application/json", "application/grpc-web", "text/plain", ""] {
        let answer = raw.call(VALIDATE, &[authorized, ("content-type", content_type)], frame(b"")).await;
        let unsupported = (Code::InvalidArgument, "CONTENT_TYPE_UNSUPPORTED".to_owned());
        assert_eq!((answer.http, reason(answer.status())), (415, unsupported), "{content_type}");
    }
    let answer = raw.call(VALIDATE, &[authorized, ("grpc-encoding", "gzip")], frame(b"")).await;
    assert_eq!(reason(answer.status()), (Code::Unimplemented, "ENCODING_UNSUPPORTED".to_owned()));
    assert_eq!(answer.headers["grpc-accept-encoding"], "identity");
    let answer = raw.call(VALIDATE, &[("authorization", "Bearer nobody")], frame(b"")).await;
    assert_eq!(reason(answer.status()), (Code::Unauthenticated, "TOKEN_INVALID".to_owned()));
    honest(&raw, &token).await;
}

#[tokio::test]
async fn http1_on_the_grpc_port_hears_what_is_spoken_there() {
    let service = TestService::start().await;
    let address = service.running().grpc.unwrap();
    let say = async |bytes: &[u8]| {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // What is no protocol at all may be cut off.
        let _ = socket.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    };
    for request in
        ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /zhenshi.v1.ValidationService/X HTTP/1.1\r\n\r\n"]
    {
        assert!(say(request.as_bytes()).await.starts_with("HTTP/1.1 505 "), "{request}");
    }
    assert_eq!(say(b"\x16\x03\x01\x00\xff").await, "");

    honest(&Raw::connect(address).await, &bearer(&service).await).await;
}

#[tokio::test]
async fn any_bytes_get_an_answer() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let whole = request(1, application("A-1", 1)).encode_to_vec();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut luck = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % 1_000_003).unwrap()
    };
    for _ in 0..500 {
        // Bytes changed, cut and doubled in a message that was right.
        let mut bytes = whole.clone();
        for _ in 0..=luck() % 8 {
            let at = luck() % bytes.len();
            bytes[at] = u8::try_from(luck() % 256).unwrap();
        }
        bytes.truncate(luck() % bytes.len() + 1);
        let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&bytes)).await;
        let code = answer.status().code();
        let expected = [Code::Ok, Code::InvalidArgument, Code::AlreadyExists];
        assert!(expected.contains(&code), "{code:?} for {bytes:02x?}");
        assert!(code == Code::Ok || !reason(answer.status()).1.is_empty());
    }
    honest(&raw, &token).await;
}

/// Hostile strings that every run sends; `./dev soak hostile` sends more.
const STRINGS: usize = 400;

/// Pieces that have broken parsers, shells, templates, spreadsheets and databases.
const PIECES: &[&str] = &[
    "'; DROP TABLE submission; --",
    "\" OR 1=1 --",
    "$$; SELECT pg_sleep(10); $$",
    "\\x00",
    "\0",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "%s%n%x",
    "\u{202e}\u{2066}",
    "\u{feff}\u{200d}\u{200b}",
    "\u{ff11}\u{ff12}\u{ff13}",
    "😀👨‍👩‍👧",
    "a\u{0301}\u{0301}\u{0301}",
    "\r\nSet-Cookie: a=b",
    "\u{1b}[2J",
    "NULL",
    "\u{10ffff}",
    "令\u{e0100}",
];

/// Every text of `message` becomes what `luck` puts together; numbers and kinds stay.
fn spoil(
    message: &mut prost_reflect::DynamicMessage,
    luck: &mut impl FnMut() -> usize,
    keep: &[&str],
) -> usize {
    use prost_reflect::{Kind, ReflectMessage as _, Value};
    let mut count = 0;
    for field in message.descriptor().fields() {
        if keep.contains(&field.name()) || !message.has_field(&field) {
            continue;
        }
        let mut value = message.get_field(&field).into_owned();
        let mut one = |value: &mut Value| match (field.kind(), value) {
            (Kind::String, value) => {
                let pieces = 1 + luck() % 3;
                let mut text: String = (0..pieces).map(|_| PIECES[luck() % PIECES.len()]).collect();
                if luck().is_multiple_of(50) {
                    text = text.repeat(200);
                }
                *value = Value::String(text);
                count += 1;
            }
            (_, Value::Message(inner)) => count += spoil(inner, luck, keep),
            _ => {}
        };
        match &mut value {
            Value::List(list) => list.iter_mut().for_each(&mut one),
            value => one(value),
        }
        message.set_field(&field, value);
    }
    count
}

/// In every text field of an application, in any mixture: a verdict or a refusal, never a failure of ours; what is recorded is
/// read back; and the caller beside it sees no error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_strings_in_every_field_are_inert_or_refused() {
    use prost_reflect::{DescriptorPool, DynamicMessage};
    let strings = std::env::var("ZHENSHI_HOSTILE_STRINGS").map_or(STRINGS, |text| text.parse().unwrap());
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let descriptor = pool.get_message_by_name("zhenshi.v1.ValidateApplicationRequest").unwrap();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut luck = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % 1_000_003).unwrap()
    };
    let (mut sent, mut calls, mut recorded) = (0, 0u32, Vec::new());
    while sent < strings {
        calls += 1;
        let whole = request(50_000 + u128::from(calls), application(&format!("X-{calls}"), calls));
        let mut message = DynamicMessage::decode(descriptor.clone(), &*whole.encode_to_vec()).unwrap();
        // Some with the names of the contract spoilt too: those are refused or recorded under them.
        let all: &[&str] = &["request_id"];
        let keep: &[&str] =
            if calls.is_multiple_of(4) { all } else { &["request_id", "source", "application_no"] };
        sent += spoil(&mut message, &mut luck, keep);
        let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&message.encode_to_vec())).await;
        let code = answer.status().code();
        assert!([Code::Ok, Code::InvalidArgument, Code::PermissionDenied].contains(&code), "{code:?}");
        if code == Code::Ok {
            let verdict = ValidateApplicationResponse::decode(&*answer.messages[0]).unwrap();
            assert_ne!(verdict.verdict(), Verdict::Accepted);
            recorded.push(verdict.submission_id);
        }
        if calls.is_multiple_of(8) {
            honest(&raw, &token).await;
        }
    }
    assert!(recorded.len() * 2 > usize::try_from(calls).unwrap(), "{} of {calls}", recorded.len());
    let client = service.client("core").await;
    for submission_id in recorded.iter().rev().take(20) {
        let asked = proto::GetSubmissionRequest {
            submission_id: submission_id.clone(),
            view: proto::SubmissionView::Masked.into(),
            ..proto::GetSubmissionRequest::default()
        };
        client.get(asked).await.unwrap();
    }
    let app = service.running().app();
    app.store.relay(app.audit_keys.get()).await.unwrap();
    assert_eq!(app.store.verify_audit(app.audit_keys.get(), Vec::new()).await.unwrap().faults, []);
    honest(&raw, &token).await;
    eprintln!("{sent} hostile strings in {calls} applications, {} recorded", recorded.len());
}

/// A good call, after whatever came before it.
async fn honest(raw: &Raw, token: &str) {
    let mut sent = request(9_999, application("honest", 1));
    sent.validate_only = true;
    let answer = raw.call(VALIDATE, &[("authorization", token)], frame(&sent.encode_to_vec())).await;
    assert_eq!(answer.status().code(), Code::Ok, "{answer:?}");
    let verdict = ValidateApplicationResponse::decode(&*answer.messages[0]).unwrap();
    assert_eq!(verdict.verdict(), Verdict::Accepted);
}

async fn bearer(service: &TestService) -> String {
    format!("Bearer {}", service.token("core", &["*"], &CHANNELS).await)
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 127 {
        bytes.push(u8::try_from(number % 128).unwrap() | 0x80);
        number /= 128;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

/// Groups of an unknown field, one in the other.
fn nested(depth: usize) -> Vec<u8> {
    // Field 1000, beginning and end of a group.
    [[0xc3, 0x3e].repeat(depth), [0xc4, 0x3e].repeat(depth)].concat()
}
