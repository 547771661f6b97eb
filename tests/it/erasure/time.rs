//! Time at work: the job restricts and matures without being told, and what is restricted is not shown.

use zhenshi::{
    app::{
        erasure::{
            decide::decide_erasure, list::list_subjects, request::request_erasure, shred::shred_approved,
        },
        get_submission::get_submission,
        list_submissions::list_submissions,
    },
    clock::Clock as _,
    store::{
        filter::SubmissionFilter,
        retention::{SubjectName, Tools, subject::SubjectFilter},
    },
};
use zhenshi_domain::erasure::State;
use zhenshi_proto::zhenshi::v1::Verdict;

use super::world::{World, asked};
use crate::support::{
    applications::{rejected, request},
    database::count,
};

impl World {
    /// The job, until it has seen everybody.
    async fn sweep(&self) {
        let app = self.app();
        let tools =
            Tools { now: self.service.clock.now(), entropy: app.entropy.clone(), actor: "retention".into() };
        while app.store.sweep_retention(tools.clone()).await.unwrap().more {}
    }

    async fn states(&self) -> Vec<State> {
        let rows = list_subjects(self.app(), &self.auditor, SubjectFilter::default(), 100).await.unwrap();
        rows.into_iter().map(|row| row.subject.state).collect()
    }
}

#[tokio::test]
async fn a_rejected_person_is_restricted_after_half_a_year_and_gone_after_three() {
    let world = World::open().await;
    let app = world.app();
    let mut submissions = Vec::new();
    for number in [1u128, 2] {
        let sent = request(number, rejected(&format!("R-{number}"), 5));
        let answer = world.client.validate(sent).await.unwrap();
        assert_eq!(answer.verdict(), Verdict::Rejected);
        submissions.push(answer.submission_id.parse::<uuid::Uuid>().unwrap());
    }
    world.sweep().await;
    assert_eq!(world.states().await, []);
    let shown = get_submission(app, &world.service_member, submissions[0], true).await.unwrap();
    assert!(!shown.parties.is_empty());

    world.pass_days(181);
    world.sweep().await;
    assert_eq!(world.states().await, [State::Restricted]);
    for id in &submissions {
        let shown = get_submission(app, &world.service_member, *id, true).await.unwrap();
        assert_eq!(shown.parties.len(), 0);
    }
    let listed = async |principal| {
        list_submissions(app, principal, SubmissionFilter::default(), 10).await.unwrap().rows.len()
    };
    assert_eq!((listed(&world.service_member).await, listed(&world.auditor).await), (0, 2));

    world.pass_years(3).await;
    world.sweep().await;
    assert_eq!(world.states().await, [State::Due]);
    // Whichever of his parties names him.
    let name = SubjectName::Party { submission_id: submissions[1], party_no: 0 };
    let (erasure, _) = request_erasure(app, &world.service_member, asked(1, name)).await.unwrap();
    decide_erasure(app, &world.supervisor, erasure.id, true).await.unwrap();
    assert_eq!(shred_approved(app).await.unwrap(), 1);
    for id in submissions {
        assert!(world.open_sealed(id).await.is_empty());
    }
    let left = "SELECT count(*) FROM sealed WHERE subject_fingerprint IS NOT NULL OR wrapped_key IS NOT NULL";
    assert_eq!(count(&world.admin, left).await, 0, "what belonged to nobody went with the last party");
    assert_eq!(world.verify_audit().await, []);
    world.sweep().await;
    assert_eq!(world.states().await, [State::Shredded]);
}

#[tokio::test]
async fn the_job_finds_whose_policies_ended_and_leaves_the_others_without_a_row() {
    let world = World::open().await;
    world.two_parties("A-1").await;
    world.sweep().await;
    assert_eq!(world.states().await, []);
    world.surrender("A-1").await;
    world.pass_days(2);
    world.sweep().await;
    assert_eq!(world.states().await, [State::Restricted, State::Restricted]);
    world.pass_years(10).await;
    world.sweep().await;
    assert_eq!(world.states().await, [State::Due, State::Due]);
    let figures = world.app().store.retention_figures(world.service.clock.now()).await.unwrap();
    assert_eq!((figures.due, figures.overdue), (2, 0));
    world.pass_years(2).await;
    let figures = world.app().store.retention_figures(world.service.clock.now()).await.unwrap();
    assert_eq!((figures.due, figures.overdue), (2, 2));
}
