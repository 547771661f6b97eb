//! `config show` and `config check` through the program, with file, environment and flags; `completions`, `descriptor`.

use std::{
    fs,
    process::{Command, Output},
};

use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use serde_json::Value;
use tempfile::TempDir;

/// Exit code of a command that works and found something.
const FINDINGS: i32 = 1;
/// Exit code of a command that does not work.
const FAILURE: i32 = 3;

/// The program with nothing in its environment but `variables`, in a folder with `zhenshi.toml`.
fn zhenshi(file: &str, variables: &[(&str, &str)], args: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("zhenshi.toml"), file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhenshi"));
    command.env_clear().envs(variables.iter().copied()).current_dir(folder.path());
    command.args(["--config", "zhenshi.toml"]).args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(output)))
}

#[test]
fn config_show_names_the_origin_of_every_value_and_no_secret() {
    let file = "[grpc]\nlisten = '127.0.0.1:6000'\n[database]\nmax_connections = 8\npostgres_user = 'pg'";
    let variables = [
        ("DATABASE_URL", "postgres://zhenshi:s3cret@db/zhenshi"),
        ("ZHENSHI__DATABASE__MAX_CONNECTIONS", "12"),
        ("ZHENSHI__DATABASE__MIGRATE_URL", "postgres:///zhenshi?host=/run&password=s3cret"),
    ];
    let args = ["--keyring", "keys.json", "config", "show"];
    let shown = zhenshi(file, &variables, &args);
    assert!(shown.status.success());
    let lines: Vec<String> = text(&shown).lines().map(str::to_owned).collect();
    for expected in [
        r#"data_dir = "./zhenshi-data"  # default"#,
        r#"grpc.listen = "127.0.0.1:6000"  # file zhenshi.toml"#,
        "database.max_connections = 12  # env ZHENSHI__DATABASE__MAX_CONNECTIONS",
        r#"database.postgres_user = "pg"  # file zhenshi.toml"#,
        r#"database.url = "postgres://zhenshi:***@db/zhenshi"  # env DATABASE_URL"#,
        r#"database.migrate_url = "postgres:///zhenshi?host=/run&password=***"  # env ZHENSHI__DATABASE__MIGRATE_URL"#,
        r#"keyring.path = "keys.json"  # flag --keyring"#,
        "rules.profile = (not set)  # default",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected} is not in\n{}", lines.join("\n"));
    }
    assert!(!text(&shown).contains("s3cret"));

    let shown = json(&zhenshi(file, &variables, &[&["--json"], &args[..]].concat()));
    let find = |key: &str| {
        shown["keys"].as_array().unwrap().iter().find(|value| value["key"] == key).unwrap().clone()
    };
    assert_eq!(find("grpc.listen")["origin"], "file");
    assert_eq!(find("keyring.path")["from"], "--keyring");
    assert_eq!(find("database.max_connections")["value"], 12);
    assert_eq!(find("http.listen")["from"], Value::Null);
    assert!(!shown.to_string().contains("s3cret"));
}

#[test]
fn config_check_names_every_wrong_key_with_its_source() {
    let file = "[grpc]\nlisten = '0.0.0.0:1'\nlisen = 1\n[database]\nmax_connections = 'many'";
    let variables = [("ZHENSHI__ROLE", "boss"), ("ZHENSHI__HTTP__LISTEN", "here")];
    let checked = zhenshi(file, &variables, &["--json", "config", "check"]);
    assert_eq!(checked.status.code(), Some(FINDINGS));
    let errors = json(&checked)["errors"].clone();
    let problem = |key: &str| {
        let error = errors.as_array().unwrap().iter().find(|error| error["key"] == key);
        error.unwrap_or_else(|| panic!("{key} is not in {errors}"))["problem"].as_str().unwrap().to_owned()
    };
    assert!(problem("grpc.lisen").contains("(file zhenshi.toml)"));
    assert!(problem("database.max_connections").contains("(file zhenshi.toml)"));
    assert!(problem("role").contains("(env ZHENSHI__ROLE)"));
    assert!(problem("http.listen").contains("(env ZHENSHI__HTTP__LISTEN)"));
    assert!(problem("grpc.insecure").contains("proxy that ends TLS"));
    assert_eq!(errors.as_array().unwrap().len(), 5, "{errors}");

    // The service refuses it too, naming one.
    let refused = zhenshi(file, &variables, &["serve"]);
    assert_eq!(refused.status.code(), Some(FAILURE));
    let right = zhenshi("", &[], &["config", "check", "--language", "en"]);
    assert!(right.status.success(), "{}", text(&right));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let broken = zhenshi("[database]\nurl = 'postgres://u:s3cret@h/d\n", &[], &["config", "check"]);
    assert_eq!(broken.status.code(), Some(FAILURE));
    let said = String::from_utf8(broken.stderr).unwrap();
    assert!(said.contains("zhenshi.toml") && said.contains("line 2"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    let missing = zhenshi("", &[], &["--config", "elsewhere.toml", "config", "show"]);
    assert!(!missing.status.success());
}

#[test]
fn completions_know_every_command_and_need_no_configuration() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = zhenshi("this is no TOML", &[], &["completions", shell]);
        assert!(script.status.success());
        for command in ["serve", "healthcheck", "descriptor"] {
            assert!(text(&script).contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn the_descriptor_set_holds_the_api_with_all_that_it_imports() {
    let output = zhenshi("this is no TOML", &[], &["descriptor"]);
    assert!(output.status.success());
    let set = FileDescriptorSet::decode(output.stdout.as_slice()).unwrap();
    let names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    // Each file once, after what it imports: readers take them in order.
    for (place, file) in set.file.iter().enumerate() {
        assert!(!names[..place].contains(&file.name()), "{} twice", file.name());
        assert!(
            file.dependency.iter().all(|name| names[..place].contains(&name.as_str())),
            "{}",
            file.name()
        );
    }
    for name in
        ["zhenshi/v1/validation_service.proto", "google/type/date.proto", "google/rpc/error_details.proto"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
}
