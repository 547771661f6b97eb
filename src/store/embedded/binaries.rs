//! Finding PostgreSQL's programs on this machine.
//!
//! In order: `--postgres-bin` (and then nothing else); `pgsql/bin` beside the executable; Debian's
//! `/usr/lib/postgresql/*/bin`, newest first; `PATH`. A place counts if `initdb`, `pg_ctl` and `postgres` lie in it and the
//! version is [`MIN_MAJOR`] or newer; data of an older major version gets the binaries that made it, if they are there.
//! To add a place: a line in [`Search::candidates`] and its test.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{
    EmbeddedError,
    process::{Runner, TOOL_TIMEOUT},
};

/// Oldest major version that the schema is written for.
pub(super) const MIN_MAJOR: u32 = 15;

/// Programs that must lie in one directory.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where Debian and its descendants put each major version.
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";

/// What installs the binaries, for root.
const INSTALL_AS_ROOT: &str = "apt-get install -y postgresql";
/// What installs the binaries, for an ordinary user.
const INSTALL_AS_USER: &str = "sudo apt-get install -y postgresql";

/// The programs of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    directory: PathBuf,
}

impl Binaries {
    /// Path of a program.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.directory.join(program)
    }
}

/// Where to look.
#[derive(Debug)]
pub(super) struct Search {
    /// `--postgres-bin`: looked at alone.
    explicit: Option<PathBuf>,
    /// Directory of this executable.
    beside: Option<PathBuf>,
    /// [`DEBIAN_ROOT`].
    debian: PathBuf,
    /// `PATH`.
    path: Option<OsString>,
}

impl Search {
    /// The places of this machine.
    pub(super) fn of_machine(explicit: Option<PathBuf>) -> Self {
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
        Self { explicit, beside, debian: DEBIAN_ROOT.into(), path: std::env::var_os("PATH") }
    }

    /// The first installation that is complete, new enough and, if `held` is given, of that major version.
    pub(super) async fn find(
        &self,
        runner: &Runner,
        held: Option<u32>,
        data: &Path,
        is_root: bool,
    ) -> Result<Binaries, EmbeddedError> {
        let mut looked = Vec::new();
        let mut others = Vec::new();
        for directory in self.candidates() {
            match inspect(runner, &directory).await {
                Err(reason) => looked.push(format!("{} ({reason})", directory.display())),
                Ok(major) if held.is_none_or(|held| held == major) => return Ok(Binaries { directory }),
                Ok(major) => others.push(major.to_string()),
            }
        }
        match held {
            Some(held) if !others.is_empty() => {
                let directory = data.to_path_buf();
                Err(EmbeddedError::MajorVersion { directory, held, found: others.join(", ") })
            }
            _ => {
                let install = if is_root { INSTALL_AS_ROOT } else { INSTALL_AS_USER };
                Err(EmbeddedError::NoBinaries { install, looked: looked.join(", ") })
            }
        }
    }

    /// The first place that has `program`.
    pub(super) fn program(&self, program: &str) -> Option<PathBuf> {
        self.candidates().into_iter().map(|directory| directory.join(program)).find(|path| path.is_file())
    }

    /// Directories to look at, in order, each once.
    fn candidates(&self) -> Vec<PathBuf> {
        if let Some(explicit) = &self.explicit {
            return vec![std::path::absolute(explicit).unwrap_or_else(|_| explicit.clone())];
        }
        let mut found: Vec<PathBuf> = self.beside.iter().map(|beside| beside.join("pgsql/bin")).collect();
        let mut debian: Vec<(u32, PathBuf)> = fs::read_dir(&self.debian)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        debian.sort_unstable_by(|a, b| b.cmp(a));
        found.extend(debian.into_iter().map(|(_, directory)| directory));
        found.extend(
            self.path.iter().flat_map(std::env::split_paths).filter_map(|directory| on_path(&directory)),
        );
        let mut seen = Vec::new();
        for directory in found {
            if !seen.contains(&directory) {
                seen.push(directory);
            }
        }
        seen
    }
}

/// The installation behind a directory of `PATH`: itself, or where its `postgres` leads if that is a link.
fn on_path(directory: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(directory.join("postgres")).ok()?;
    let behind = real.parent().filter(|behind| missing(behind).is_none()).map(Path::to_path_buf);
    behind.or_else(|| directory.is_absolute().then(|| directory.to_path_buf()))
}

fn missing(directory: &Path) -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| !directory.join(program).is_file())
}

/// Major version of a usable installation, or what is wrong with it.
async fn inspect(runner: &Runner, directory: &Path) -> Result<u32, String> {
    if !directory.is_dir() {
        return Err("no such directory".into());
    }
    if let Some(program) = missing(directory) {
        return Err(format!("no {program}"));
    }
    let mut command = runner.command(directory.join("postgres"));
    command.arg("--version");
    let said = runner.run(command, TOOL_TIMEOUT).await.map_err(|error| error.to_string())?;
    match parse_major(&said) {
        None => Err("unknown version".into()),
        Some(major) if major < MIN_MAJOR => Err(format!("version {major}")),
        Some(major) => Ok(major),
    }
}

/// Major version in what `postgres --version` prints: `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`.
fn parse_major(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by another process: a program that this one has open for writing, in any thread's child, cannot be run.
    fn installation(directory: &Path, version: &str) {
        const WRITE: &str = r#"mkdir -p "$1" && cd "$1" && for p in initdb pg_ctl postgres
            do printf '#!/bin/sh\necho "postgres (PostgreSQL) %s"\n' "$2" > $p && chmod 755 $p; done"#;
        let mut shell = std::process::Command::new("sh");
        let written = shell.args(["-c", WRITE, "sh"]).arg(directory).arg(version).status().unwrap();
        assert!(written.success());
    }

    fn search(root: &Path) -> Search {
        Search {
            explicit: None,
            beside: Some(root.join("exe")),
            debian: root.join("debian"),
            path: Some(root.join("path").into()),
        }
    }

    async fn find(search: &Search, held: Option<u32>) -> Result<Binaries, EmbeddedError> {
        let runner = Runner::new(None, PathBuf::from("/"));
        search.find(&runner, held, Path::new("/data"), false).await
    }

    #[test]
    fn versions() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("postgres (PostgreSQL) 17devel"), Some(17));
        assert_eq!(parse_major("postgres (Something) 15.1"), None);
        assert_eq!(parse_major("postgres (PostgreSQL) devel"), None);
    }

    #[tokio::test]
    async fn order_of_places() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let search = search(&root);
        let (path, real) = (root.join("path"), root.join("real"));
        installation(&real, "16.1");
        fs::create_dir_all(&path).unwrap();
        std::os::unix::fs::symlink(real.join("postgres"), path.join("postgres")).unwrap();
        assert_eq!(find(&search, None).await.unwrap().directory, real);
        installation(&root.join("debian/9/bin"), "9.6");
        installation(&root.join("debian/15/bin"), "15.2");
        installation(&root.join("debian/17/bin"), "17.0");
        assert_eq!(find(&search, None).await.unwrap().directory, root.join("debian/17/bin"));
        assert_eq!(find(&search, Some(15)).await.unwrap().directory, root.join("debian/15/bin"));
        installation(&root.join("exe/pgsql/bin"), "18.0");
        assert_eq!(find(&search, None).await.unwrap().directory, root.join("exe/pgsql/bin"));
    }

    #[tokio::test]
    async fn explicit_place_stands_alone() {
        let scratch = tempfile::tempdir().unwrap();
        installation(&scratch.path().join("exe/pgsql/bin"), "18.0");
        let search = Search { explicit: Some(scratch.path().join("none")), ..search(scratch.path()) };
        let error = find(&search, None).await.unwrap_err().to_string();
        assert!(error.contains(INSTALL_AS_USER) && error.contains("none"), "{error}");
    }

    #[tokio::test]
    async fn another_major_version_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        installation(&scratch.path().join("debian/17/bin"), "17.0");
        let error = find(&search(scratch.path()), Some(15)).await.unwrap_err().to_string();
        assert!(error.contains("PostgreSQL 15") && error.contains("of 17"), "{error}");
    }
}
