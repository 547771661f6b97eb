//! Every rpc, called by every role: refused exactly where the table says so, and before the message is read.

use std::collections::BTreeSet;

use tonic::Code;
use tonic_types::StatusExt as _;
use zhenshi::security::{
    policy::{Action, Extent, POLICY},
    role::Role,
};

use crate::{
    canary::drive::{Driver, Refusals, methods, path},
    support::{
        service::{CHANNELS, TestService},
        staff::one_of_each,
    },
};

/// No message of any method: what comes to be read is answered with `INVALID_ARGUMENT`, and nothing is done.
const UNREADABLE: [u8; 1] = [0xff];
/// Package of our services; reflection and health have no row.
const PACKAGE: &str = "zhenshi.v1";

/// Rows whose rpc is still to come in a service that is there already. Whoever adds the rpc takes its line out.
const AWAITED: [(&str, &str); 0] = [];

#[test]
fn every_rpc_has_a_row_and_every_row_of_a_service_an_rpc() {
    let methods: Vec<_> =
        methods().into_iter().filter(|method| method.parent_service().package_name() == PACKAGE).collect();
    let rpcs: BTreeSet<(String, String)> = methods
        .iter()
        .map(|method| (method.parent_service().name().to_owned(), method.name().to_owned()))
        .collect();
    let services: BTreeSet<&str> = rpcs.iter().map(|(service, _)| service.as_str()).collect();
    let rows = || POLICY.iter().map(|row| row.action);
    // The rows of a service that is not there yet decide nothing.
    let built = rows().filter(|action| services.contains(action.service()));
    let mut built: BTreeSet<(String, String)> =
        built.map(|action| (action.service().to_owned(), action.name().to_owned())).collect();
    for (service, name) in AWAITED {
        assert!(built.remove(&(service.to_owned(), name.to_owned())), "{name} has a row");
        assert!(!rpcs.contains(&(service.to_owned(), name.to_owned())), "{name} has come: take its line out");
    }
    assert_eq!(built, rpcs);
    assert!(rpcs.len() > 30 && rows().count() >= rpcs.len());
}

#[tokio::test]
async fn every_role_gets_what_the_table_says() {
    let service = TestService::start().await;
    let mut callers = Vec::new();
    for (member, (role, _)) in one_of_each().iter().zip(Role::ALL) {
        callers.push((role, true, service.staff(member).await));
    }
    callers.push((Role::System, true, service.token("core", &["*"], &CHANNELS).await));
    callers.push((Role::System, false, service.token("bank", &["bank"], &CHANNELS).await));
    let driver = Driver::connect(service.url(), Refusals::default()).await;

    let mut wrong = Vec::new();
    for method in methods() {
        let name = method.name().to_owned();
        let Some(action) = Action::of(method.parent_service().name(), &name) else {
            wrong.push(format!("{name} has no row"));
            continue;
        };
        let row = POLICY.iter().find(|row| row.action == action).unwrap();
        for (role, whole, token) in &callers {
            let answer = driver.call(&path(&method), Some(token), vec![UNREADABLE.to_vec()]).await;
            let got = match &answer {
                Err(status) if status.code() == Code::PermissionDenied => {
                    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
                }
                // Read, and found unreadable; or answered message by message.
                Err(status) if status.code() == Code::InvalidArgument => "permitted".to_owned(),
                Ok(_) => "permitted".to_owned(),
                Err(status) => format!("{status}"),
            };
            let wanted = match row.extent(*role) {
                None => "ACTION_NOT_PERMITTED",
                Some(Extent::Everything) if *role == Role::System && !whole => "ADMINISTRATION_ONLY",
                Some(_) => "permitted",
            };
            if got != wanted {
                wrong.push(format!("{name} as {} (whole: {whole}): {wanted} wanted, {got} got", role.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    service.stop().await;
}
