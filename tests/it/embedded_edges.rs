//! Places where the built-in PostgreSQL cannot run: each is refused with words that name it and say what to do, and nothing
//! stands in the way of the next start.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    process::Output,
};

use crate::support::built_in::{BuiltIn, runs_as_root};

/// Exit code of a command that does not work.
const FAILURE: i32 = 3;

fn refused(done: &Output) -> String {
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(FAILURE), "{said}");
    said
}

/// `token list` with a data directory of its own, which starts the database and stops it.
fn use_directory(place: &BuiltIn, directory: &Path) -> Output {
    place.command_in(directory, ["token", "list"]).output().unwrap()
}

fn set_mode(directory: &Path, mode: u32) {
    fs::set_permissions(directory, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn data_of_another_major_version_are_refused_and_left_alone() {
    for place in [BuiltIn::new(), BuiltIn::of_ordinary_user()] {
        place.output(&["token", "list"]);
        let path = place.data_dir().join("pg/data/PG_VERSION");
        let ours = fs::read_to_string(&path).unwrap();
        for other in ["14", "99"] {
            fs::write(&path, format!("{other}\n")).unwrap();
            let said = refused(&place.serve_command().output().unwrap());
            assert!(said.contains(&format!("holds data of PostgreSQL {other}")), "{said}");
            assert!(
                said.contains(&format!("of {}", ours.trim())) && said.contains("--postgres-bin"),
                "{said}"
            );
            assert!(said.contains(&place.data_dir().join("pg/data").display().to_string()), "{said}");
            assert_eq!(place.postmaster(), None);
        }
        fs::write(&path, "fifteen\n").unwrap();
        assert!(refused(&place.run(&["token", "list"])).contains("PG_VERSION"));
        fs::write(&path, ours).unwrap();
        place.output(&["token", "list"]);
    }
}

#[tokio::test]
async fn a_socket_path_over_the_kernels_limit_is_named_with_its_length() {
    for place in [BuiltIn::new(), BuiltIn::of_ordinary_user()] {
        let deep = place.data_dir().join("a".repeat(100));
        // The ordinary user makes the place itself.
        let said = refused(&use_directory(&place, &deep));
        let length = deep.join("pg/run/.s.PGSQL.5432").as_os_str().len();
        assert!(said.contains(&format!("{length} bytes")) && said.contains("107"), "{said}");
        assert!(said.contains("shorter --data-dir"), "{said}");
        // A link is followed: what counts is where it leads.
        let link = place.data_dir().join("short");
        std::os::unix::fs::symlink(&deep, &link).unwrap();
        assert!(refused(&use_directory(&place, &link)).contains("107"));
    }
}

#[tokio::test]
async fn a_directory_that_the_service_may_not_write_to_is_named_with_the_remedy() {
    let place = BuiltIn::of_ordinary_user();
    let parent = place.data_dir();
    fs::create_dir(&parent).unwrap();
    let inside = parent.join("inside");
    fs::create_dir(&inside).unwrap();
    if runs_as_root() {
        // Another user's, as after a start as root.
        chown(&parent, Some(0), Some(0)).unwrap();
        chown(&inside, Some(0), Some(0)).unwrap();
    }
    set_mode(&inside, 0o555);
    set_mode(&parent, 0o555);
    for (directory, named) in
        [(&inside, &inside), (&parent.join("new"), &parent), (&parent.join("deep/new"), &parent)]
    {
        let said = refused(&use_directory(&place, directory));
        assert!(said.contains(&format!("cannot write to {} ", named.display())), "{said}");
        assert!(said.contains("chown") && said.contains("--data-dir"), "{said}");
    }
    // For the one who removes the place.
    set_mode(&inside, 0o755);
    set_mode(&parent, 0o755);
}

#[tokio::test]
async fn a_parent_that_the_databases_user_cannot_enter_is_named_with_the_remedy() {
    if !runs_as_root() {
        // An ordinary user's database runs as that user, who got here.
        return;
    }
    let place = BuiltIn::new();
    let (closed, inside) = (place.data_dir(), place.data_dir().join("below/data"));
    fs::create_dir(&closed).unwrap();
    set_mode(&closed, 0o700);
    let said = refused(&use_directory(&place, &inside));
    assert!(said.contains(&format!("cannot enter {}, ", closed.display())), "{said}");
    assert!(said.contains(&format!("chmod o+x {}", closed.display())), "{said}");
    // The remedy works.
    set_mode(&closed, 0o711);
    let done = use_directory(&place, &inside);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
