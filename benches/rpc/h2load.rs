//! Drives one server with h2load (Debian's nghttp2-client): many concurrent calls with one prepared body.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use prost::Message as _;
use tokio::process::Command;
use zhenshi_proto::zhenshi::v1::ValidateApplicationRequest;

use crate::sides::Side;

/// Connections.
const CONNECTIONS: u32 = 8;
/// Calls under way on each.
const STREAMS: u32 = 16;
/// Bytes before a gRPC message: a flag and the length.
const FRAME_HEAD: usize = 5;
/// How far answers may differ in length from the first one: the time in them has more or fewer digits.
const LENGTH_TOLERANCE: u64 = 8;
/// The processor that h2load has for itself; the servers have the others (see `benches/rpc.sh`).
const PROCESSOR: &str = "0";

/// One run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Calls a second.
    pub(crate) per_second: f64,
}

/// A prepared body and how to send it.
pub(crate) struct Driver {
    body: String,
    authorization: String,
}

impl Driver {
    /// Writes the body into `folder`.
    pub(crate) fn new(
        folder: &Path,
        request: &ValidateApplicationRequest,
        token: &str,
    ) -> anyhow::Result<Self> {
        let message = request.encode_to_vec();
        let length = u32::try_from(message.len())?.to_be_bytes();
        let body = folder.join("body");
        fs::write(&body, [&[0], &length[..], &message].concat())?;
        let body = body.to_str().context("the folder's name is not UTF-8")?.to_owned();
        Ok(Self { body, authorization: format!("authorization: Bearer {token}") })
    }

    /// Sends `calls` calls; every one must be answered, and with an answer of the right length: gRPC's own status stands
    /// in trailers, at which h2load does not look, and an error has no message.
    pub(crate) async fn run(&self, side: &Side, calls: u32) -> anyhow::Result<Run> {
        let url = format!("http://{}/zhenshi.v1.ValidationService/ValidateApplication", side.address);
        let mut command = Command::new("taskset");
        command.args(["-c", PROCESSOR, "h2load", "-t", "1"]);
        command.args(["-c", &CONNECTIONS.to_string(), "-m", &STREAMS.to_string(), "-n", &calls.to_string()]);
        command.args(["-d", &self.body, "-H", "content-type: application/grpc", "-H", "te: trailers"]);
        command.args(["-H", &self.authorization, &url]);
        let done = command.output().await.context("taskset or h2load cannot be run")?;
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        ensure!(done.status.success(), "h2load failed: {text}{}", String::from_utf8_lossy(&done.stderr));
        let said = Said::read(&text).with_context(|| format!("h2load said something else:\n{text}"))?;
        ensure!(said.succeeded == u64::from(calls), "{} of {calls} calls were answered", said.succeeded);
        let expected = u64::try_from(side.answer_bytes + FRAME_HEAD)?;
        let each = said.data_bytes / u64::from(calls);
        ensure!(each.abs_diff(expected) <= LENGTH_TOLERANCE, "answers of {each} bytes, not {expected}");
        Ok(Run { per_second: f64::from(calls) / said.seconds })
    }
}

/// How many calls take about so many seconds.
pub(crate) fn calls_for(per_second: f64, seconds: f64) -> u32 {
    // A multiple of what is under way at a time; a thousand million calls are never asked for.
    let batch = f64::from(CONNECTIONS * STREAMS);
    let batches = (per_second * seconds / batch).ceil().clamp(1.0, 1e6);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    let calls = (batches * batch) as u32;
    calls
}

/// What h2load prints in the end.
#[derive(Debug, PartialEq)]
struct Said {
    seconds: f64,
    succeeded: u64,
    data_bytes: u64,
}

impl Said {
    /// From `finished in 1.23s, …`, `requests: … N succeeded, …` and `traffic: … (N) data`.
    fn read(text: &str) -> Option<Self> {
        let line = |head: &str| text.lines().find_map(|line| line.strip_prefix(head));
        let (number, unit) = split_unit(line("finished in ")?.split(',').next()?)?;
        let seconds = match unit {
            "s" => number,
            "ms" => number / 1e3,
            "us" => number / 1e6,
            _ => return None,
        };
        let succeeded = line("requests: ")?.split(", ").find_map(|part| part.strip_suffix(" succeeded"))?;
        let data = line("traffic: ")?.split(", ").find(|part| part.ends_with(" data"))?;
        let data = data.split_once('(')?.1.split_once(')')?.0;
        Some(Self { seconds, succeeded: succeeded.trim().parse().ok()?, data_bytes: data.parse().ok()? })
    }
}

fn split_unit(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|character: char| character.is_ascii_alphabetic())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}
