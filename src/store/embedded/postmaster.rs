//! What PostgreSQL and the kernel say about a server's processes: `postmaster.pid` and `/proc`.
//!
//! Everything here only reads. To read another line of `postmaster.pid`: a field in [`PidFile`] and its line number
//! (PostgreSQL source, `src/include/utils/pidfile.h`).

use std::{fs, path::Path};

/// Line of `postmaster.pid` with the process id, counted from zero.
const PID_LINE: usize = 0;
/// Line of `postmaster.pid` with the state, counted from zero.
const STATUS_LINE: usize = 7;

/// Fields of `/proc/PID/stat` after the command's name, counted from zero (proc(5)).
const STATE_FIELD: usize = 0;
const START_TIME_FIELD: usize = 19;

/// The lock file in a data directory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Process id of the postmaster.
    pub(super) pid: u32,
    /// Whether it says that it takes connections; nothing while the file is still being written.
    pub(super) ready: bool,
}

impl PidFile {
    /// Reads it; nothing if there is none or it does not say a process id yet.
    pub(super) fn read(path: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let pid = lines.get(PID_LINE)?.trim().parse::<u32>().ok()?;
        let ready = lines.get(STATUS_LINE).is_some_and(|line| line.trim() == "ready");
        Some(Self { pid, ready })
    }
}

/// A process, told apart from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// Process id.
    pub(super) pid: u32,
    /// Start, in clock ticks since boot.
    started: u64,
}

impl Identity {
    /// The living process with this number; nothing for a dead one that nobody has reaped.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        parse_stat(&stat).map(|started| Self { pid, started })
    }

    /// Whether it still lives.
    pub(super) fn lives(self) -> bool {
        Self::of(self.pid) == Some(self)
    }
}

/// Whether the process table has an entry of this number, dead and unreaped ones included.
pub(super) fn is_listed(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Whether the process runs the server program (a shell that merely stands in the directory does not).
pub(super) fn is_postgres(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

/// Start time of a living process from its `stat` line.
fn parse_stat(stat: &str) -> Option<u64> {
    // The name stands in parentheses and may hold any character, parentheses too.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    match *fields.get(STATE_FIELD)? {
        "Z" | "X" => None,
        _ => fields.get(START_TIME_FIELD)?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pid_file_of_a_ready_server() {
        let text = "4711\n/d/pg/data\n1753000000\n5432\n/d/pg/run\n\n  65551    12\nready   \n";
        assert_eq!(PidFile::parse(text), Some(PidFile { pid: 4711, ready: true }));
    }

    #[test]
    fn pid_file_that_is_being_written() {
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("4711\n/d\n"), Some(PidFile { pid: 4711, ready: false }));
        let starting = "4711\n/d\n1\n5432\n/d/run\n\n 1 2\nstarting\n";
        assert_eq!(PidFile::parse(starting), Some(PidFile { pid: 4711, ready: false }));
        // A stand-alone backend writes its number negated: it is no postmaster.
        assert_eq!(PidFile::parse("-4711\n"), None);
    }

    #[test]
    fn stat_of_living_and_dead() {
        let line = |state: &str| {
            format!("7 (post) gres) {state} 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 1")
        };
        assert_eq!(parse_stat(&line("S")), Some(987_654));
        assert_eq!(parse_stat(&line("Z")), None);
        assert_eq!(parse_stat("7 (postgres) S 1"), None);
    }

    #[test]
    fn this_process_lives() {
        let me = Identity::of(std::process::id()).unwrap();
        assert!(me.lives());
        assert!(!Identity { started: me.started + 1, ..me }.lives());
    }
}
