//! Writes units, branches and staff into the directory, for tools that know nothing of generated types.

use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use uuid::Uuid;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::{
    self as proto, Branch, ChannelUnit, StaffMember, UpsertBranchRequest, UpsertChannelUnitRequest,
    UpsertStaffMemberRequest, directory_service_client::DirectoryServiceClient,
};

use super::{CallError, ClientError};
use crate::{
    app::directory::Duty,
    grpc::convert::{directory::role_number, enums::number},
};

/// Somebody who is to work in the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hire {
    /// Staff code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What he does.
    pub duty: Duty,
    /// Channel, of whoever works for one.
    pub channel: Option<SalesChannel>,
    /// Branch, of whoever works in one; else empty.
    pub branch_code: String,
    /// Code of whom he answers to; empty if to nobody of the directory.
    pub leader_code: String,
}

/// A connection with a token that may write the directory.
#[derive(Clone)]
pub struct OfficeClient {
    inner: DirectoryServiceClient<Channel>,
    authorization: MetadataValue<Ascii>,
}

impl OfficeClient {
    /// Connects to `http://host:port`.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(url: String, token: &str) -> Result<Self, ClientError> {
        let channel = Channel::from_shared(url).map_err(|_| ClientError::Token)?.connect().await?;
        let authorization = format!("Bearer {token}").parse().map_err(|_| ClientError::Token)?;
        Ok(Self { inner: DirectoryServiceClient::new(channel), authorization })
    }

    /// Writes the unit of a channel.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn unit(
        &self,
        request_id: Uuid,
        code: &str,
        name: &str,
        channel: SalesChannel,
    ) -> Result<(), CallError> {
        let channel_unit = ChannelUnit {
            code: code.into(),
            name: name.into(),
            channel: number::<proto::Channel>(channel),
            ..ChannelUnit::default()
        };
        let message = UpsertChannelUnitRequest {
            request_id: request_id.to_string(),
            channel_unit: Some(channel_unit),
            ..UpsertChannelUnitRequest::default()
        };
        let answer = self.inner.clone().upsert_channel_unit(self.with_token(message)).await;
        answer.map(drop).map_err(|status| CallError(Box::new(status)))
    }

    /// Writes a branch.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn branch(&self, request_id: Uuid, code: &str, name: &str) -> Result<(), CallError> {
        let branch = Branch { code: code.into(), name: name.into(), ..Branch::default() };
        let message = UpsertBranchRequest {
            request_id: request_id.to_string(),
            branch: Some(branch),
            ..UpsertBranchRequest::default()
        };
        let answer = self.inner.clone().upsert_branch(self.with_token(message)).await;
        answer.map(drop).map_err(|status| CallError(Box::new(status)))
    }

    /// Writes a member of staff; whom he answers to must be there.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn hire(&self, request_id: Uuid, hire: &Hire) -> Result<(), CallError> {
        let staff_member = StaffMember {
            code: hire.code.clone(),
            name: hire.name.clone(),
            role: role_number(hire.duty),
            channel: hire.channel.map_or(0, number::<proto::Channel>),
            branch_code: hire.branch_code.clone(),
            team_leader_code: hire.leader_code.clone(),
            ..StaffMember::default()
        };
        let message = UpsertStaffMemberRequest {
            request_id: request_id.to_string(),
            staff_member: Some(staff_member),
            ..UpsertStaffMemberRequest::default()
        };
        let answer = self.inner.clone().upsert_staff_member(self.with_token(message)).await;
        answer.map(drop).map_err(|status| CallError(Box::new(status)))
    }

    fn with_token<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        request
    }
}
