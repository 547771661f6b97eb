//! Processes outside our control: signals to them, whether they live, and waiting for what they do.

use std::{fs, process::Command, time::Duration};

use tokio::time::{Instant, sleep};

/// Longest that anything may take to come about.
const LIMIT: Duration = Duration::from_mins(1);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until `look` finds something. Only for what no channel can tell: the state of another process.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "not within {} s: {what}", LIMIT.as_secs());
        sleep(PAUSE).await;
    }
}

/// Sends a signal to all of `pids` at once; those that are gone already are no error.
pub fn signal(name: &str, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    Command::new("sh").args(["-c", r#"kill -s "$0" "$@""#, name]).args(pids).output().unwrap();
}

/// Whether the process lives; a dead one that nobody has reaped does not.
pub fn lives(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| !matches!(fields[0].as_str(), "Z" | "X"))
}

/// The session that the process belongs to: the number of the process that leads it.
pub fn session(pid: u32) -> Option<u32> {
    stat(pid)?[3].parse().ok()
}

/// Fields of `/proc/PID/stat` after the name (proc(5)): state, parent, group, session, …
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}
