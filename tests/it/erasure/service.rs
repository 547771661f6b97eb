//! The rpcs: the day of an early request in the metadata, two people, holds, and the certificate at the end.

use tonic::{Code, transport::Channel};
use uuid::Uuid;
use zhenshi::app::erasure::shred::shred_approved;
use zhenshi_proto::zhenshi::v1::{self as proto, privacy_service_client::PrivacyServiceClient};

use super::world::World;
use crate::support::{
    calls::{metadata, reason, with_token},
    staff::one_of_each,
};

struct People {
    client: PrivacyServiceClient<Channel>,
    tokens: Vec<(&'static str, String)>,
}

impl People {
    async fn of(world: &World) -> Self {
        let mut tokens = Vec::new();
        for member in one_of_each() {
            tokens.push((member.code, world.service.staff(&member).await));
        }
        Self { client: PrivacyServiceClient::new(world.service.channel().await), tokens }
    }

    fn token(&self, code: &str) -> &str {
        &self.tokens.iter().find(|(known, _)| *known == code).unwrap().1
    }

    async fn request(&self, code: &str, n: u128, customer: Uuid) -> Result<proto::Erasure, tonic::Status> {
        let message = proto::RequestErasureRequest {
            request_id: Uuid::from_u128(n).to_string(),
            subject: Some(proto::ErasureSubject { customer_id: customer.to_string(), ..Default::default() }),
            ground: proto::ErasureGround::RetentionOver.into(),
            reference: "2029-1".into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().request_erasure(with_token(self.token(code), message)).await?;
        Ok(answer.into_inner().erasure.unwrap())
    }

    async fn decide(&self, code: &str, id: &str) -> Result<proto::Erasure, tonic::Status> {
        let message =
            proto::DecideErasureRequest { erasure_id: id.into(), approve: true, language_code: "en".into() };
        let answer = self.client.clone().decide_erasure(with_token(self.token(code), message)).await?;
        Ok(answer.into_inner().erasure.unwrap())
    }
}

#[tokio::test]
async fn from_an_early_request_to_the_certificate() {
    let world = World::open().await;
    let people = People::of(&world).await;
    let (_, holder, _) = world.two_parties("A-1").await;
    let open = people.request("ST-CS", 1, holder).await.unwrap_err();
    assert_eq!((reason(&open), metadata(&open, "why")), ("ERASURE_STATE_MISMATCH".into(), "IN_USE".into()));
    world.decline("A-1").await;
    let early = people.request("ST-CS", 2, holder).await.unwrap_err();
    assert_eq!(early.code(), Code::FailedPrecondition);
    assert_eq!(
        (reason(&early), metadata(&early, "not_before")),
        ("ERASURE_TOO_EARLY".into(), "2029-11-24".into())
    );
    assert_eq!(
        reason(&people.request("ST-CS", 3, Uuid::from_u128(5)).await.unwrap_err()),
        "ERASURE_SUBJECT_NOT_FOUND"
    );
    assert_eq!(reason(&people.request("ST-CL", 4, holder).await.unwrap_err()), "ACTION_NOT_PERMITTED");

    world.pass_years(3).await;
    let asked = people.request("ST-IS", 5, holder).await.unwrap();
    assert_eq!(asked.state(), proto::RetentionState::Due);
    assert_eq!(
        reason(&people.decide("ST-IS", &asked.erasure_id).await.unwrap_err()),
        "SECOND_PERSON_REQUIRED"
    );
    let decided = people.decide("ST-CM", &asked.erasure_id).await.unwrap();
    assert!(decided.approved && decided.state() == proto::RetentionState::Approved);
    assert_eq!(shred_approved(world.app()).await.unwrap(), 1);
    let list = proto::ListErasuresRequest::default();
    let listed = people.client.clone().list_erasures(with_token(people.token("ST-AU"), list)).await;
    let listed = listed.unwrap().into_inner().erasures;
    assert!(listed.len() == 1 && listed[0].certificate.contains("\"signature\""));
}
