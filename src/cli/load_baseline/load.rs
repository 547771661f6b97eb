//! The load itself: lines go in at one end, as many at a time as the recorder makes batches of, and are counted in their
//! order at the other.
//!
//! Memory does not grow with the file: applications of at most [`BYTES_IN_FLIGHT`] and one line more are held, besides
//! counts by code.

use std::{collections::VecDeque, fs::File, io::BufReader};

use anyhow::{Context as _, bail};
use encoding_rs::Encoding;
use uuid::Uuid;

use super::{
    checkpoint::{Checkpoint, CheckpointFile},
    lines::{RawLine, RawLines},
    progress::Progress,
    report_file::ReportFile,
    row::Header,
    tally::{Fate, Fault, report},
};
use crate::{
    app::{App, AppError, load_baseline, recorder::Waiting},
    cli::output,
    grpc::lines::{ApplicationReader, ReadApplication},
    security::principal::Principal,
    store::record::Outcome,
};

/// Applications under way at a time: several batches, and less than the recorder's queue holds.
const IN_FLIGHT: usize = 1_024;
/// Bytes of the file whose applications are under way at a time.
const BYTES_IN_FLIGHT: u64 = 16 * 1024 * 1024;
/// Lines between two checkpoints.
const CHECKPOINT_LINES: u64 = 1_000;
/// Lines passed over that are told on stderr one by one; all stand in the report.
const MAX_TOLD: u64 = 20;

/// How lines become applications.
pub(super) struct Reader {
    pub(super) json: ApplicationReader,
    /// The headings of a CSV.
    pub(super) header: Option<Header>,
    pub(super) encoding: &'static Encoding,
}

impl Reader {
    fn read(&self, bytes: Option<&[u8]>) -> Result<Option<ReadApplication>, Fault> {
        let bytes = bytes.ok_or(Fault::TooLong)?;
        let text = self
            .encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or(Fault::Encoding)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let read = match &self.header {
            None => self.json.read_text(&text),
            Some(header) => self.json.read(header.application(&text).ok_or(Fault::Row)?),
        };
        read.map(Some).map_err(Fault::Application)
    }
}

/// A load under way.
pub(super) struct Load<'a> {
    pub(super) app: &'a App,
    pub(super) principal: Principal,
    pub(super) reader: Reader,
    pub(super) file_digest: [u8; 32],
    /// Nothing when nothing is to be recorded.
    pub(super) checkpoint_file: Option<CheckpointFile>,
    pub(super) report: ReportFile,
    pub(super) progress: Progress,
    /// Where the last line that was read ends.
    pub(super) read_to: u64,
    pub(super) done: Checkpoint,
}

/// A line on its way.
struct Begun {
    line: u64,
    end: u64,
    state: State,
}

enum State {
    Done(Fate),
    Waiting(Uuid, Waiting),
}

impl Load<'_> {
    /// Loads what `lines` still has.
    ///
    /// # Errors
    /// When the file or the database fails; what was done stands, and the load goes on there next time.
    pub(super) async fn run(&mut self, mut lines: RawLines<BufReader<File>>) -> anyhow::Result<()> {
        let mut begun: VecDeque<Begun> = VecDeque::with_capacity(IN_FLIGHT);
        let mut open = true;
        loop {
            while open && begun.len() < IN_FLIGHT && self.read_to - self.done.end < BYTES_IN_FLIGHT {
                match lines.next().context("the file cannot be read any further")? {
                    Some(line) => begun.push_back(self.begin(line)?),
                    None => open = false,
                }
            }
            let Some(first) = begun.pop_front() else { break };
            self.finish(first).await?;
        }
        self.progress.end();
        self.keep()
    }

    fn begin(&mut self, raw: RawLine) -> anyhow::Result<Begun> {
        let RawLine { number, end, bytes } = raw;
        self.read_to = end;
        let state = match self.reader.read(bytes.as_deref()) {
            Err(fault) => State::Done(Fate::Faulty(fault)),
            Ok(None) => State::Done(Fate::Empty),
            Ok(Some(read)) if self.checkpoint_file.is_none() => {
                State::Done(Fate::Judged(load_baseline::judge(self.app, &read.application)))
            }
            Ok(Some(read)) => {
                let id = load_baseline::request_id(&self.file_digest, number);
                let waiting =
                    load_baseline::load(self.app, &self.principal, id, &read.encoded, read.application)
                        .with_context(|| stopped_at(number))?;
                State::Waiting(id, waiting)
            }
        };
        Ok(Begun { line: number, end, state })
    }

    async fn finish(&mut self, begun: Begun) -> anyhow::Result<()> {
        let Begun { line, end, state } = begun;
        let fate = match state {
            State::Done(fate) => fate,
            State::Waiting(id, waiting) => match waiting.outcome().await {
                Ok(Outcome::Recorded(answer) | Outcome::Replayed(answer)) => {
                    self.done.recorded = Some(id);
                    Fate::Judged(answer.decision)
                }
                Ok(Outcome::Reused) => Fate::Faulty(Fault::Changed),
                Err(AppError::RecordRefused { .. }) => Fate::Faulty(Fault::Refused),
                Err(error) => {
                    self.keep()?;
                    return Err(error).with_context(|| stopped_at(line));
                }
            },
        };
        self.done.tally.count(&fate);
        (self.done.line, self.done.end) = (line, end);
        if let Fate::Faulty(fault) = &fate
            && self.done.tally.unreadable <= MAX_TOLD
        {
            output::note(format!("line {line} was passed over: {fault}"));
        }
        if let Some(told) = report(line, &fate) {
            self.report.write(&told)?;
        }
        self.progress.at(end, &self.done.tally);
        if line.is_multiple_of(CHECKPOINT_LINES) {
            self.keep()?;
        }
        Ok(())
    }

    /// Makes what was done known to the next load. The report goes first: it is cut to the checkpoint's length.
    fn keep(&mut self) -> anyhow::Result<()> {
        self.done.report_end = self.report.sync()?;
        if let Some(file) = &self.checkpoint_file {
            file.write(&self.done).context("the checkpoint of the load cannot be written")?;
        }
        Ok(())
    }
}

fn stopped_at(line: u64) -> String {
    format!(
        "the load stopped at line {line}; what came before it stands, and the same command goes on from there"
    )
}

/// The row of headings of a CSV, which is line 1.
///
/// # Errors
/// When it is not one.
pub(super) fn read_header(
    lines: &mut RawLines<BufReader<File>>,
    encoding: &'static Encoding,
    source: Option<String>,
) -> anyhow::Result<(Header, u64)> {
    let Some(RawLine { bytes: Some(bytes), end, .. }) = lines.next()? else {
        bail!("the file has no row of headings")
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
    let text = text.context("the row of headings is not in the encoding of the file; see --encoding")?;
    Ok((Header::read(&text, source)?, end))
}
