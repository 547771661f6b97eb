//! Access: every decision against an oracle that was written from the text and not from the code; ends to the second.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};
use zhenshi_domain::{
    access::{
        Field, Office, SecrecyClass, Subject,
        approval::{AccessState, LONGEST_HOURS, Member, Refusal, Request, decide, end_of_access},
        assignment,
        grant::{Asked, Denied, Grant, covers, reaches},
        quota::{Exceeded, Limits},
    },
    application::Channel,
    case::CaseState,
    shanghai,
};

const CODES: [&str; 6] = ["A", "B", "C", "D", "E", ""];
/// A head in the place of one who would be his own.
const OTHER_HEAD: &str = "F";
const CHANNELS: [Option<Channel>; 3] = [None, Some(Channel::Direct), Some(Channel::Bancassurance)];
const BRANCHES: [&str; 3] = ["", "4401", "4402"];

fn member() -> impl Strategy<Value = Member<'static>> {
    (
        select(&CODES[..5]),
        select(Office::ALL),
        select(&CHANNELS[..]),
        select(&BRANCHES[..]),
        select(&CODES[..]),
    )
        .prop_map(|(code, office, channel, branch_code, leader_code)| Member {
            code,
            office,
            channel,
            branch_code,
            leader_code,
        })
}

/// Who may say yes or no next, from the text: "the head of the department signs", "customer service reviews", and three people.
fn oracle(request: &Request<'_>, decider: &Member<'_>) -> bool {
    use Office::{
        ChannelHead, Clerk, Compliance, CustomerService, CustomerServiceManager, InformationSupervisor,
        TeamLeader,
    };
    let own = request.requester;
    let people: BTreeSet<&str> = [own.code, decider.code].into_iter().chain(request.head).collect();
    let three = people.len() == 2 + usize::from(request.head.is_some());
    let one_channel = own.channel.is_some_and(|own| decider.channel == Some(own));
    let named = !own.leader_code.is_empty() && decider.code == own.leader_code;
    let heads = match own.office {
        Clerk => {
            let of_branch = own.leader_code.is_empty() && own.branch_code == decider.branch_code;
            one_channel && (decider.office == ChannelHead || (decider.office == TeamLeader && of_branch))
        }
        TeamLeader => one_channel && decider.office == ChannelHead,
        CustomerService => decider.office == CustomerServiceManager,
        ChannelHead | Compliance | InformationSupervisor | CustomerServiceManager => {
            decider.office == Compliance
        }
        Office::Other => false,
    };
    let secret = request.class != SecrecyClass::Ordinary;
    let secret_for_outsiders = request.outsider && secret;
    three
        && match request.state.code() {
            1 => named || heads,
            2 if secret_for_outsiders => decider.office == CustomerServiceManager,
            // 专人管理: the custodian, unless he asks himself.
            2 if secret && own.office != InformationSupervisor => decider.office == InformationSupervisor,
            2 => [CustomerServiceManager, InformationSupervisor].contains(&decider.office),
            _ => false,
        }
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn subject() -> impl Strategy<Value = Subject> {
    let ids = 0_u128..3;
    (0..4, ids.clone(), ids, 0_i16..3).prop_map(|(form, one, other, no)| match form {
        0 => Subject::Customer(one),
        1 => Subject::Party(one, no),
        2 => Subject::CaseMember(one, other),
        _ => Subject::Case(one),
    })
}

fn fields() -> impl Strategy<Value = Vec<Field>> {
    proptest::sample::subsequence(Field::ALL.to_vec(), 0..=Field::ALL.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn decisions_agree_with_the_oracle(
        requester in member(),
        decider in member(),
        state in select(AccessState::ALL),
        head in select(&CODES[..5]),
        class in select(SecrecyClass::ALL),
        (outsider, agrees) in any::<(bool, bool)>(),
    ) {
        // Nobody is his own head: no state that can be reached has one, so another is taken in his place.
        let head = if head == requester.code { OTHER_HEAD } else { head };
        let head = (state != AccessState::AwaitingHead).then_some(head);
        let request = Request { state, requester, head, class, outsider };
        let decided = decide(&request, &decider, agrees);
        prop_assert_eq!(decided.is_ok(), oracle(&request, &decider), "{:?}", decided);
        if let Ok(next) = decided {
            let wanted = match (agrees, state) {
                (false, _) => AccessState::Refused,
                (true, AccessState::AwaitingHead) => AccessState::AwaitingCustomerService,
                (true, _) => AccessState::Granted,
            };
            prop_assert_eq!(next, wanted);
        }
        if decider.code == requester.code {
            prop_assert!(decided.is_err(), "nobody decides on his own");
        }
    }

    #[test]
    fn readings_agree_with_the_oracle(
        (holder, reader) in (select(&CODES[..5]), select(&CODES[..5])),
        state in select(AccessState::ALL),
        (given, wanted) in (subject(), subject()),
        (have, want) in (fields(), fields()),
        (from, length, now) in (0_i64..10, 0_i64..10, 0_i64..20),
        (class, file) in (select(SecrecyClass::ALL), select(SecrecyClass::ALL)),
        alike in any::<[bool; 3]>(),
    ) {
        // Random pairs hardly ever agree: half of them are made to.
        let reader = if alike[0] { holder } else { reader };
        let wanted = if alike[1] { given } else { wanted };
        let want = if alike[2] { have.clone() } else { want };
        let (from, until) = (time(from), time(from + length));
        let grant = Grant { holder, state, subject: given, fields: &have, class, from, until };
        let asked = Asked { reader, subject: wanted, fields: &want };
        let have: BTreeSet<Field> = have.iter().copied().collect();
        let want: BTreeSet<Field> = want.iter().copied().collect();
        let conditions = [
            holder == reader,
            state.code() == 3,
            (from..until).contains(&time(now)),
            given == wanted,
            !want.is_empty() && want.is_subset(&have),
        ];
        prop_assert_eq!(covers(&grant, &asked, time(now)).is_ok(), conditions.iter().all(|holds| *holds));
        let whole_case = matches!(given, Subject::Case(_));
        let kept_apart = file.code() > 1;
        prop_assert_eq!(reaches(&grant, file), !kept_apart || (!whole_case && class.code() >= file.code()));
    }

    #[test]
    fn nothing_lasts_longer_than_three_calendar_days_or_72_hours(seconds in 0_i64..40_000_000, days in 0_u8..=255) {
        let from = time(seconds);
        let end = end_of_access(from, days);
        let asked = i64::from(days.clamp(1, 3));
        prop_assert!(end > from && end - from <= TimeDelta::hours(LONGEST_HOURS));
        // It ends with a day, the last one asked for.
        prop_assert_eq!(end, shanghai::end_of(shanghai::date(from) + Duration::days(asked - 1)));
    }
}

#[test]
fn a_grant_is_over_at_its_end_to_the_second() {
    let fields = [Field::Name];
    let grant = Grant {
        holder: "A",
        state: AccessState::Granted,
        subject: Subject::Customer(1),
        fields: &fields,
        class: SecrecyClass::Ordinary,
        from: time(0),
        until: time(100),
    };
    let asked = Asked { reader: "A", subject: Subject::Customer(1), fields: &fields };
    assert_eq!(covers(&grant, &asked, time(-1)), Err(Denied::NotInForce));
    assert_eq!(covers(&grant, &asked, time(0)), Ok(()));
    assert_eq!(covers(&grant, &asked, time(99)), Ok(()));
    assert_eq!(covers(&grant, &asked, time(100)), Err(Denied::Expired));
}

#[test]
fn an_assignment_is_worth_name_and_phones_until_it_is_submitted() {
    let case = |assignee, state| assignment::Case { assignee, state, channel: Channel::Bancassurance };
    let both = [Field::Name, Field::Phones];
    for state in CaseState::ALL {
        let open = matches!(state, CaseState::Assigned | CaseState::Investigating);
        assert_eq!(assignment::covers(&case(Some("B1"), state), "B1", &both).is_ok(), open, "{state:?}");
    }
    let mine = case(Some("B1"), CaseState::Investigating);
    for field in Field::ALL {
        assert_eq!(assignment::covers(&mine, "B1", &[*field]).is_ok(), both.contains(field), "{field:?}");
    }
    assert_eq!(assignment::covers(&mine, "B2", &both), Err(assignment::Denied::NotAssigned));
    assert_eq!(
        assignment::covers(&case(None, CaseState::Open), "B1", &both),
        Err(assignment::Denied::NotAssigned)
    );
    assert!(assignment::reaches(&mine, Channel::Bancassurance, SecrecyClass::Ordinary));
    assert!(!assignment::reaches(&mine, Channel::Direct, SecrecyClass::Ordinary));
    assert!(!assignment::reaches(&mine, Channel::Bancassurance, SecrecyClass::Confidential));
}

#[test]
fn what_is_refused_says_whose_turn_it_is() {
    let of = |code, office| Member { code, office, channel: None, branch_code: "", leader_code: "" };
    let requester = of("CS1", Office::CustomerService);
    let request =
        |state, head| Request { state, requester, head, class: SecrecyClass::TopSecret, outsider: true };
    let waits = request(AccessState::AwaitingHead, None);
    assert_eq!(decide(&waits, &requester, true), Err(Refusal::OwnRequest));
    assert_eq!(decide(&waits, &of("IS", Office::InformationSupervisor), true), Err(Refusal::NotHead));
    let signed = request(AccessState::AwaitingCustomerService, Some("CM"));
    let manager = of("CM", Office::CustomerServiceManager);
    assert_eq!(decide(&signed, &manager, true), Err(Refusal::SamePerson));
    assert_eq!(decide(&signed, &of("IS", Office::InformationSupervisor), true), Err(Refusal::ManagerOnly));
    assert_eq!(decide(&signed, &of("CO", Office::Compliance), true), Err(Refusal::NotCustomerService));
    let other = of("CM2", Office::CustomerServiceManager);
    assert_eq!(decide(&signed, &other, true), Ok(AccessState::Granted));
    assert_eq!(decide(&request(AccessState::Granted, Some("CM")), &other, true), Err(Refusal::NotWaiting));
}

#[test]
fn the_day_counts_before_the_minute() {
    let limits = Limits { a_minute: 2, a_day: 5 };
    assert_eq!(limits.check(2, 5), Ok(()));
    assert_eq!(limits.check(3, 5), Err(Exceeded::Minute));
    assert_eq!(limits.check(1, 6), Err(Exceeded::Day));
    assert_eq!(limits.check(3, 6), Err(Exceeded::Day));
}
