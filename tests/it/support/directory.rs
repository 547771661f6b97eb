//! The directory's client, and sellers to write.

use tonic::{Request, Status, transport::Channel};
use tonic_types::StatusExt as _;
use zhenshi_proto::zhenshi::v1::{self as proto, directory_service_client::DirectoryServiceClient};

use super::{
    applications::{date, man},
    service::TestService,
};

/// A bare connection; see [`with`].
pub type Client = DirectoryServiceClient<Channel>;

pub async fn client(service: &TestService) -> Client {
    DirectoryServiceClient::new(Channel::from_shared(service.url()).unwrap().connect().await.unwrap())
}

/// `message` with a token.
pub fn with<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

pub fn request_id(n: u128) -> String {
    uuid::Uuid::from_u128(0x4321_0000_0000_4000_8000_0000_0000_0000 + n).to_string()
}

/// The seller who is the `n`th man.
pub fn seller(code: &str, n: u32) -> proto::Seller {
    let person = man(n);
    proto::Seller {
        code: code.into(),
        name: person.name.clone(),
        kind: proto::SellerKind::Agent.into(),
        channel: proto::Channel::Bancassurance.into(),
        certificate_kind: proto::CertificateKind::ResidentId.into(),
        certificate_number: person.certificate.unwrap().number,
        phones: person.phones,
        address: format!("广东省广州市越秀区示范路{n}号3栋502室"),
        qualified_from: Some(date(2020, 1, 1)),
        ..proto::Seller::default()
    }
}

pub async fn upsert(
    client: &Client,
    token: &str,
    n: u128,
    seller: proto::Seller,
) -> Result<proto::Seller, Status> {
    let message = proto::UpsertSellerRequest {
        request_id: request_id(n),
        seller: Some(seller),
        language_code: "en".into(),
    };
    let answer = client.clone().upsert_seller(with(token, message)).await?;
    Ok(answer.into_inner().seller.unwrap())
}

pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
