//! Importing into a real database: whatever the files, the same file again changes nothing; and the command.

use std::{collections::BTreeMap, fmt::Write as _, fs, process::Output};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use zhenshi::app::directory::{
    Counts, EntryKind,
    import::{ImportRequest, import},
    tools::DirectoryTools,
};
use zhenshi::security::{keyring::Keyring, principal::Principal};

use crate::support::{
    database::{TestDatabase, count},
    program::command,
    service::TestService,
};

/// Files of a case; each may change what the one before has written.
const FILES: usize = 3;

fn principal() -> Principal {
    Principal::whole("test")
}

/// Rows of a file: for each seller a phone and whether he is in use.
type File = BTreeMap<u8, (u8, bool)>;

fn csv(file: &File) -> Vec<u8> {
    let mut text = "code,name,kind,channel,qualified_from,phone,active\n".to_owned();
    for (seller, (phone, active)) in file {
        let active = if *active { "yes" } else { "no" };
        writeln!(text, "S{seller},测试甲,agent,direct,2020-01-01,138273594{phone:02},{active}").unwrap();
    }
    text.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_file_again_changes_nothing_and_the_last_file_holds() {
    let service = TestService::start().await;
    let tools = DirectoryTools::of(service.running().app());
    let admin = service.database.admin().await;
    let strategy =
        prop::collection::vec(prop::collection::btree_map(0..6_u8, (0..4_u8, any::<bool>()), 1..6), FILES);
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let model = std::cell::RefCell::new(File::new());
    tokio::task::block_in_place(|| {
        runner.run(&strategy, |files| {
            handle.block_on(async {
                for file in files {
                    let bring = async || -> Counts {
                        let request = ImportRequest {
                            kind: EntryKind::Seller,
                            bytes: csv(&file),
                            partial: false,
                            dry_run: false,
                        };
                        import(&tools, &principal(), request).await.unwrap().counts
                    };
                    let (created, changed) = expected(&model.borrow(), &file);
                    let unchanged = u32::try_from(file.len()).unwrap() - created - changed;
                    assert_eq!(bring().await, Counts { created, changed, unchanged });
                    model.borrow_mut().extend(file.clone());
                    let before = fingerprint_of_everything(&admin).await;
                    let all = u32::try_from(file.len()).unwrap();
                    assert_eq!(bring().await, Counts { created: 0, changed: 0, unchanged: all });
                    assert_eq!(fingerprint_of_everything(&admin).await, before);
                    let in_use = model.borrow().values().filter(|(_, active)| *active).count();
                    let open = "SELECT count(*) FROM directory_contact WHERE ended_time IS NULL";
                    assert_eq!(count(&admin, open).await, i64::try_from(in_use).unwrap());
                }
            });
            Ok(())
        })
    })
    .unwrap();
}

fn expected(model: &File, file: &File) -> (u32, u32) {
    let created = file.keys().filter(|seller| !model.contains_key(seller)).count();
    let changed =
        file.iter().filter(|(seller, row)| model.get(seller).is_some_and(|known| known != *row)).count();
    (u32::try_from(created).unwrap(), u32::try_from(changed).unwrap())
}

/// Everything that an import could change, in one text.
async fn fingerprint_of_everything(admin: &sqlx::PgPool) -> String {
    sqlx::query_scalar(
        "SELECT concat_ws(' ',
             (SELECT string_agg(e::text, '|' ORDER BY id) FROM directory_entry e),
             (SELECT string_agg(c::text, '|' ORDER BY c::text) FROM directory_contact c),
             (SELECT string_agg(p::text, '|' ORDER BY p::text) FROM directory_person p),
             (SELECT string_agg(p::text, '|' ORDER BY p::text) FROM contact_pending p),
             (SELECT version FROM version_counter WHERE name = 'directory'),
             (SELECT count(*) FROM audit_pending) + (SELECT count(*) FROM audit_entry))",
    )
    .fetch_one(admin)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_command_imports_reports_and_shows() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let entropy = zhenshi::entropy::SystemEntropy::default();
    Keyring::generate(&entropy).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let file = folder.path().join("sellers.csv");
    let run = |args: &[&str]| -> Output {
        command(folder.path(), Some(&database.url)).arg("directory").args(args).output().unwrap()
    };
    let path = file.to_str().unwrap().to_owned();
    let bring = || run(&["import", &path, "--kind", "sellers"]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let wrong = "工号,姓名,类别,销售渠道,资质起始日期,手机\nS1,测试甲,营销员,个险,2020-01-01,12x\n";
    fs::write(&file, wrong).unwrap();
    let done = bring();
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("2: 联系电话中有无法使用的号码"), "{}", text(&done.stdout));
    assert!(text(&done.stderr).contains("手机 = phones"));
    let report = fs::read_to_string(folder.path().join("sellers-问题.csv")).unwrap();
    assert!(report.starts_with("\u{feff}工号") && report.contains(",12x,联系电话"), "{report}");
    assert!(text(&run(&["show", "sellers"]).stdout).is_empty(), "nothing was written");

    fs::write(&file, wrong.replace("12x", "13827359461")).unwrap();
    let done = bring();
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("created 1"));
    assert!(text(&bring().stdout).contains("unchanged 1"));
    let one = text(&run(&["show", "sellers", "S1"]).stdout);
    assert!(one.contains("S1  agent  individual_agents") && one.contains("138****9461"), "{one}");
    assert_eq!(run(&["show", "sellers", "S2"]).status.code(), Some(3));
    fs::write(&file, "code\nS1\n").unwrap();
    let unusable = bring();
    assert_eq!(unusable.status.code(), Some(3));
    assert!(text(&unusable.stderr).contains("缺少必需的列"), "{}", text(&unusable.stderr));
    assert!(text(&run(&["columns"]).stdout).contains("qualified_from | 资质起始日期"));
}
