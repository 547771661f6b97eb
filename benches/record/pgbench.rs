//! The other side: pgbench, one transaction for each submission.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Stdio};

use anyhow::{Context as _, bail};
use tokio::process::Command;

use crate::{
    database::Server,
    figures::{Run, percentile_ms},
    script::Sample,
};

/// Threads of pgbench; it needs little of them.
const THREADS: usize = 2;
/// What the logs of waiting times begin with.
const LOG_PREFIX: &str = "pgbench-log";

/// pgbench with a script for each kind of run.
pub(crate) struct Pgbench {
    server: Server,
    folder: PathBuf,
    program: PathBuf,
    scripts: BTreeMap<bool, PathBuf>,
}

impl Pgbench {
    /// The `program`, which works in `folder`.
    pub(crate) const fn new(server: Server, folder: PathBuf, program: PathBuf) -> Self {
        Self { server, folder, program, scripts: BTreeMap::new() }
    }

    /// Writes the script of the rows of `sample`.
    pub(crate) fn learn(&mut self, sample: &Sample, sealing: bool) -> anyhow::Result<()> {
        let path = self.folder.join(format!("script-{sealing}.sql"));
        fs::write(&path, sample.statement()?)?;
        self.scripts.insert(sealing, path);
        Ok(())
    }

    /// Writes `submissions` with `clients` into a fresh database.
    pub(crate) async fn run(&self, clients: usize, submissions: usize, sealing: bool) -> anyhow::Result<Run> {
        if !submissions.is_multiple_of(clients) {
            bail!("{submissions} submissions cannot be shared among {clients} clients");
        }
        let script = self.scripts.get(&sealing).context("pgbench has no script")?;
        let copy = self.server.copy().await?;
        let output = Command::new(&self.program)
            .current_dir(&self.folder)
            .env("PGHOST", self.server.socket())
            .env("PGUSER", "zhenshi")
            // As the service: its role, whose rights are checked.
            .env("PGOPTIONS", "-c role=zhenshi_app")
            .args(["--no-vacuum", "--protocol=prepared", "--log"])
            .arg(format!("--log-prefix={LOG_PREFIX}"))
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={}", THREADS.min(clients)))
            .arg(format!("--transactions={}", submissions / clients))
            .arg(format!("--file={}", script.display()))
            .arg(&copy.name)
            .stdin(Stdio::null())
            .output()
            .await?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("pgbench failed: {text}{}", String::from_utf8_lossy(&output.stderr));
        }
        // Without the time that connecting took: our pool is open too when the clock starts.
        let tps =
            text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
        let mut waits = self.take_logs()?;
        if waits.len() != submissions {
            bail!("pgbench logged {} of {submissions} transactions", waits.len());
        }
        waits.sort_unstable();
        let sizes = self.server.sizes(&copy, submissions).await?;
        self.server.remove(copy).await?;
        Ok(Run {
            callers: clients,
            per_second: tps.context("pgbench printed no tps")?,
            p50_ms: percentile_ms(&waits, 50),
            p99_ms: percentile_ms(&waits, 99),
            sizes,
        })
    }

    /// Waiting times in microseconds, the third word of each line; the logs are removed.
    fn take_logs(&self) -> anyhow::Result<Vec<u32>> {
        let mut waits = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with(LOG_PREFIX) {
                continue;
            }
            let text = fs::read_to_string(entry.path())?;
            for line in text.lines() {
                let wait =
                    line.split(' ').nth(2).context("a line of pgbench's log without a waiting time")?;
                waits.push(wait.parse()?);
            }
            fs::remove_file(entry.path())?;
        }
        Ok(waits)
    }
}
