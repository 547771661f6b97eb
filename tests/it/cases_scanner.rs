//! The virus scanner: a program of the operator's, here a script.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use crate::support::{
    desk::Desk,
    evidence::{PIECE, pdf},
};

/// What the scanner of the tests takes for a virus.
const VIRUS: &[u8] = b"X5O-SYNTHETIC-VIRUS";

/// A desk whose evidence is looked at by a script.
async fn scanned(script: &str) -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program: PathBuf = folder.path().join("scan.sh");
    fs::write(&program, script.replace("SEEN", &folder.path().join("seen").display().to_string())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let desk = Desk::open_with(|config| {
        // By the shell: a script that was just written may still be open for writing in a fork of another test.
        config.evidence.scan_program = Some("/bin/sh".into());
        config.evidence.scan_arguments = vec![program.display().to_string()];
        config.evidence.scan_timeout_ms = 2_000;
    })
    .await;
    (desk, folder)
}

#[tokio::test]
async fn a_scanner_sees_every_byte_and_its_exit_code_decides() {
    let script = "#!/bin/sh\ncat > 'SEEN'\nif grep -q X5O-SYNTHETIC-VIRUS 'SEEN'; then exit 1; fi\nexit 0\n";
    let (desk, folder) = scanned(script).await;
    let clean = pdf(3 * PIECE + 5);
    desk.attach(desk.header(), &clean).await.unwrap();
    assert!(fs::read(folder.path().join("seen")).unwrap() == clean);
    let mut virus = pdf(2 * PIECE);
    virus[PIECE + 100..PIECE + 100 + VIRUS.len()].copy_from_slice(VIRUS);
    assert_eq!(desk.refused(&virus).await, "VIRUS");
    assert_eq!(desk.count("SELECT count(*) FROM case_evidence WHERE case_id = $1").await, 1);
}

#[tokio::test]
async fn a_scanner_that_reads_no_further_has_seen_enough() {
    let (desk, _folder) = scanned("#!/bin/sh\nexit 1\n").await;
    assert_eq!(desk.refused(&pdf(20 * PIECE)).await, "VIRUS");
    desk.is_bare().await;
}

#[tokio::test]
async fn what_was_not_scanned_is_refused() {
    let failing = ["exit 2", "kill -9 $$", "exec sleep 600"];
    for line in failing {
        let (desk, _folder) = scanned(&format!("#!/bin/sh\n{line}\n")).await;
        assert_eq!(desk.refused(&pdf(5 * PIECE)).await, "NOT_SCANNED", "{line}");
        desk.is_bare().await;
    }
    let desk =
        Desk::open_with(|config| config.evidence.scan_program = Some("/nonexistent/scanner".into())).await;
    assert_eq!(desk.refused(&pdf(100)).await, "NOT_SCANNED");
    desk.is_bare().await;
}
