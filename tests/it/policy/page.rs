//! `docs/policy.md` shows the table as it is. `ZHENSHI_UPDATE_POLICY=1 cargo test --test it -- policy::page` writes it.

use std::{env, fmt::Write as _, fs, path::PathBuf};

use zhenshi::security::{
    policy::{Extent, POLICY},
    role::Role,
};

/// Where the generated part begins.
const MARK: &str = "<!-- written by tests/it/policy/page.rs from src/security/policy/table.rs -->\n";

pub fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/policy.md")
}

fn word(extent: Option<Extent>) -> &'static str {
    match extent {
        None => "–",
        Some(Extent::Everything) => "all",
        Some(Extent::OwnChannel) => "channel",
        Some(Extent::OwnBranch) => "branch",
        Some(Extent::OwnTeam) => "team",
        Some(Extent::Own) => "own",
        Some(Extent::Reach) => "token",
    }
}

fn tables() -> String {
    let mut text = String::new();
    let mut service = "";
    for row in POLICY {
        if service != row.action.service() {
            service = row.action.service();
            let roles: Vec<String> =
                Role::ALL.iter().map(|(role, _)| role.name().replace('_', " ")).collect();
            write!(text, "\n## {service}\n\n| action | {} | why |\n", roles.join(" | ")).unwrap();
            writeln!(text, "|---|{}---|", "---|".repeat(roles.len())).unwrap();
        }
        let cells: Vec<&str> = Role::ALL.iter().map(|(role, _)| word(row.extent(*role))).collect();
        writeln!(text, "| `{}` | {} | {} |", row.action.name(), cells.join(" | "), row.ground).unwrap();
    }
    text
}

#[test]
fn the_page_shows_the_table() {
    let page = fs::read_to_string(path()).unwrap();
    let (head, shown) = page.split_once(MARK).unwrap();
    if env::var_os("ZHENSHI_UPDATE_POLICY").is_some() {
        fs::write(path(), format!("{head}{MARK}{}", tables())).unwrap();
        return;
    }
    assert_eq!(
        shown,
        tables(),
        "write it again: ZHENSHI_UPDATE_POLICY=1 cargo test --test it -- policy::page"
    );
}
