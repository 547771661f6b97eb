//! A hold on one customer of a case: what the case has is his too, and stays when another of its customers is destroyed; it
//! follows when the hold is lifted.

use uuid::Uuid;
use zhenshi::{
    app::{
        RequestKey,
        case::create_case::{Doubt, create_case},
        erasure::{
            certificate::Certificate,
            hold::{lift_hold, place_hold},
            list::{get_erasure, show_subject},
            shred::shred_approved,
        },
        privacy::{
            AccessKind, SubjectIds,
            request_access::{Asked, request_access},
        },
    },
    clock::Clock as _,
    store::retention::{HoldGround, SubjectName},
};
use zhenshi_domain::{
    access::{Field, Purpose},
    case::CaseSource,
    erasure::State,
};

use super::world::World;
use crate::support::database::count;

impl World {
    /// A case about both customers of `submission`, long over, with evidence and words; and a request for access to it.
    pub async fn followed_up(&self, submission: Uuid) -> Uuid {
        let key = RequestKey { request_id: self.service.mint(), digest: [1; 32] };
        let doubt = Doubt {
            source: CaseSource::Enquiry,
            doubt: None,
            submission_id: submission,
            party_no: 0,
            request: key,
        };
        let case_id =
            create_case(self.app(), &self.service_member, doubt, "said another name").await.unwrap().case.id;
        let asked = Asked {
            kind: AccessKind::View,
            subject: SubjectIds::Case(case_id),
            fields: vec![Field::Name],
            purpose: Purpose::Compliance,
            days: 1,
            copies: 1,
            reason: "complained of a call".into(),
            outsider: None,
        };
        let key = RequestKey { request_id: self.service.mint(), digest: [1; 32] };
        request_access(self.app(), &self.service_member, key, asked).await.unwrap();
        for sql in [
            "INSERT INTO case_member SELECT m.case_id, p.customer_id, m.application_id, m.submission_id, p.party_no, p.role,
                 m.channel, m.branch_code, m.seller_code, m.agency_code, m.policy_no, m.added_time
             FROM case_member m JOIN application_party p USING (application_id, submission_id)
             WHERE m.case_id = $1 ON CONFLICT DO NOTHING",
            "INSERT INTO case_evidence (id, case_id, kind, content_type, size_bytes, sha256, signer_is_policyholder, collector,
                 original_seen, electronic, wrapped_key, attached_by, attached_time, round)
             VALUES (gen_random_uuid(), $1, 1, 'image/png', 1, decode(repeat('00', 32), 'hex'), true, 'B1', true, false,
                 'a key', 'staff:B1', '2010-01-01', 1)",
            "UPDATE case_file SET state = 7, changed_time = '2010-01-01' WHERE id = $1",
        ] {
            sqlx::query(sql).bind(case_id).execute(&self.admin).await.unwrap();
        }
        case_id
    }

    /// Keys of evidence, words of cases and texts about access that can still be opened.
    async fn words_left(&self) -> [i64; 3] {
        let mut left = [0; 3];
        for (left, sql) in left.iter_mut().zip([
            "SELECT count(*) FROM case_evidence WHERE wrapped_key IS NOT NULL",
            "SELECT count(*) FROM case_text WHERE wrapped_key IS NOT NULL",
            "SELECT count(*) FROM privacy_text WHERE wrapped_key IS NOT NULL",
        ]) {
            *left = count(&self.admin, sql).await;
        }
        left
    }
}

#[tokio::test]
async fn a_hold_on_another_of_a_case_keeps_what_the_case_has_until_it_is_lifted() {
    let world = World::open().await;
    let (submission, holder, insured) = world.two_parties("A-1").await;
    let case_id = world.followed_up(submission).await;
    let before = world.words_left().await;
    assert_eq!(before, [1, 1, 1]);
    let id = world.decide("A-1", holder).await;
    let app = world.app();
    let other = SubjectName::Customer(insured);
    let hold =
        place_hold(app, &world.compliance, other, HoldGround::Litigation, "LIT-7".into()).await.unwrap();

    // He himself is gone; what is the other's too stays, and nobody is certified anything yet.
    assert_eq!(shred_approved(app).await.unwrap(), 0);
    assert!(world.traces(holder).await.iter().all(|(_, rows)| *rows == 0));
    assert_eq!(world.words_left().await, before);
    let waiting = get_erasure(app, &world.auditor, id).await.unwrap();
    assert_eq!(
        (waiting.shredded_time, waiting.certificate, waiting.kept_case_ids),
        (None, None, vec![case_id])
    );
    let state = async |customer| {
        show_subject(app, &world.auditor, SubjectName::Customer(customer)).await.unwrap().subject.state
    };
    assert_eq!(state(holder).await, State::Shredded);
    // It waits, and is in no other destruction's way and no alarm's.
    assert_eq!(app.store.erasures_to_do(20).await.unwrap(), [] as [Uuid; 0]);
    assert_eq!(app.store.retention_figures(world.service.clock.now()).await.unwrap().to_do, 0);
    let kept = "SELECT count(*) FROM audit_pending WHERE action = 'KEEP_HELD_CASES'";
    assert_eq!(count(&world.admin, kept).await, 1);

    lift_hold(app, &world.compliance, hold.id).await.unwrap();
    assert_eq!(shred_approved(app).await.unwrap(), 1);
    assert_eq!(world.words_left().await, [0, 0, 0]);
    let done = get_erasure(app, &world.auditor, id).await.unwrap();
    let certificate = Certificate::verify(&done.certificate.unwrap(), &app.witness.key).unwrap();
    assert_eq!((certificate.destroyed.evidence, certificate.destroyed.texts), (1, 2));
    assert!(world.traces(insured).await.iter().all(|(_, rows)| *rows > 0), "the other's own data stay");
    assert_eq!(world.open_sealed(submission).await, [1]);
    assert_eq!(world.verify_audit().await, []);
}

#[tokio::test]
async fn without_a_hold_the_papers_of_a_case_go_with_the_first_of_its_customers() {
    let world = World::open().await;
    let (submission, holder, insured) = world.two_parties("A-1").await;
    world.followed_up(submission).await;
    world.destroy("A-1", holder).await;
    assert_eq!(world.words_left().await, [0, 0, 0]);
    assert!(world.traces(insured).await.iter().all(|(_, rows)| *rows > 0));
    assert_eq!(world.open_sealed(submission).await, [1]);
}
