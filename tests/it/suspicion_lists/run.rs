//! `RunSuspicionList`: today's list and the missed ones, once; and who may ask for which.

use chrono::Duration;
use tonic::Code;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{by, client};
use crate::support::{
    applications::{application, date, man, request},
    calls::reason,
    service::{CHANNELS, TestService},
};

#[tokio::test]
async fn a_list_is_made_by_hand_once_and_missed_ones_before_it() {
    // Monday, 23 November 2026.
    let service = TestService::start().await;
    let sender = service.client("core").await;
    sender.validate(request(1, application("A-1", 1))).await.unwrap();
    let mut second = application("A-2", 2);
    let phones = man(1).phones;
    second.policyholder.as_mut().unwrap().phones.clone_from(&phones);
    second.insureds[0].person.as_mut().unwrap().phones = phones;
    sender.validate(request(2, second)).await.unwrap();

    let client = client(&service).await;
    let token = service.token("operations", &["*"], &CHANNELS).await;
    let run = async |token: &str, day: Option<i32>| {
        let list_date = day.map(|day| date(2026, 11, day));
        let message = proto::RunSuspicionListRequest { list_date };
        let answer = client.clone().run_suspicion_list(by(token, message)).await?;
        Ok::<_, tonic::Status>(answer.into_inner().suspicion_lists)
    };
    let days = |lists: &[proto::SuspicionList]| -> Vec<i32> {
        lists.iter().map(|list| list.list_date.unwrap().day).collect()
    };
    service.clock.advance(Duration::days(1));
    let made = run(&token, None).await.unwrap();
    assert_eq!((days(&made), made[0].state()), (vec![24], proto::SuspicionListState::Sealed));
    assert_eq!((made[0].suspicion_count, made[0].member_count), (1, 4));
    assert!(!made[0].provisional && made[0].digest.len() == 64, "{made:?}");
    assert_eq!(run(&token, None).await.unwrap(), made, "asked for again, it is the same");
    assert_eq!(run(&token, Some(24)).await.unwrap(), made);

    service.clock.advance(Duration::days(3));
    assert_eq!(days(&run(&token, Some(26)).await.unwrap()), [25, 26], "missed ones first");
    assert_eq!(days(&run(&token, None).await.unwrap()), [27]);

    let refused = async |token: &str, day: i32| {
        let status = run(token, Some(day)).await.unwrap_err();
        (status.code(), reason(&status))
    };
    assert_eq!(refused(&token, 28).await, (Code::FailedPrecondition, "LIST_NOT_DUE".to_owned()));
    assert_eq!(refused(&token, 22).await, (Code::InvalidArgument, "NO_WORKING_DAY".to_owned()), "a Sunday");
    let impossible = run(&token, Some(31)).await.unwrap_err();
    assert_eq!(crate::support::calls::fields(&impossible), ["list_date"]);
    let narrow = service.token("bank", &["*"], &[SalesChannel::Bancassurance]).await;
    assert_eq!(refused(&narrow, 27).await, (Code::PermissionDenied, "ADMINISTRATION_ONLY".to_owned()));
}
