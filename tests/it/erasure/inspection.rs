//! The half-yearly inspection: passed on a sound installation, with a drill; failed, and saying what, on one that is not.

use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::{
    applications::{application, request},
    built_in::BuiltIn,
};

fn report(output: &std::process::Output) -> (bool, Value) {
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    });
    let report: Value = serde_json::from_str(told["report"].as_str().unwrap()).unwrap();
    (told["genuine"].as_bool().unwrap(), report["report"].clone())
}

#[tokio::test]
async fn an_inspection_drills_and_signs_and_finds_what_is_broken() {
    let place = BuiltIn::new();
    let serving = place.serve();
    let client = serving.client(&place.token()).await;
    for n in 0..20u32 {
        client.validate(request(n.into(), application(&format!("A-{n}"), n))).await.unwrap();
    }
    assert_eq!(place.run(&["inspect", "show"]).status.code(), Some(1), "one is due");
    let done = place.run(&["--json", "inspect", "run", "--samples", "50"]);
    let (genuine, first) = report(&done);
    assert!(done.status.success() && genuine && first["passed"].as_bool().unwrap(), "{first:#}");
    let checks: Vec<&str> =
        first["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(checks.len(), 7, "{checks:?}");
    assert!(first["checks"][6]["detail"].as_str().unwrap().contains("tables counted equal"));
    assert!(
        std::fs::read_dir(place.data_dir())
            .unwrap()
            .flatten()
            .all(|entry| { !entry.file_name().to_string_lossy().starts_with("drill-") })
    );
    assert!(place.run(&["inspect", "show"]).status.success());

    // A sealed value that was changed, and a report that was made better than it was.
    let mut admin = PgConnection::connect(&place.database_url()).await.unwrap();
    admin
        .execute(
            "UPDATE sealed SET payload = set_byte(payload, 20, get_byte(payload, 20) # 1) WHERE party_no = 0",
        )
        .await
        .unwrap();
    let done = place.run(&["--json", "inspect", "run", "--samples", "200", "--no-drill"]);
    let (genuine, second) = report(&done);
    assert_eq!(done.status.code(), Some(1));
    assert!(genuine && !second["passed"].as_bool().unwrap());
    let failed: Vec<&str> = second["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["passed"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["sealed samples open", "audit chain and rows", "restore drill"]);
    admin.execute("UPDATE inspection SET passed = true, report = replace(report, '\"passed\": false', '\"passed\": true')").await.unwrap();
    admin.close().await.unwrap();
    let shown = place.run(&["--json", "inspect", "show"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(!report(&shown).0);
    serving.stop().await;
}
