//! `DirectoryService`: each method authenticates, takes the message apart, calls one use case, and answers.
//!
//! What the five kinds of entries have in common is in `directory/calls.rs`; what tells them apart in
//! `convert/directory.rs`. To add a kind, add its three methods here and its [`Resource`] there.

mod calls;
mod import;

use std::sync::Arc;

use calls::{Listing, Writing};
use tonic::{Request, Response, Status, Streaming};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::{app::App, words::Words};

/// The service.
#[derive(Clone)]
pub struct Directory {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Directory {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }
}

#[tonic::async_trait]
impl proto::directory_service_server::DirectoryService for Directory {
    async fn get_channel_unit(
        &self,
        request: Request<proto::GetChannelUnitRequest>,
    ) -> Result<Response<proto::GetChannelUnitResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::GetChannelUnitRequest { code, language_code } = message;
        let channel_unit = self.get(&extensions, &code, &language_code).await.map_err(|status| *status)?;
        Ok(Response::new(proto::GetChannelUnitResponse { channel_unit: Some(channel_unit) }))
    }

    async fn list_channel_units(
        &self,
        request: Request<proto::ListChannelUnitsRequest>,
    ) -> Result<Response<proto::ListChannelUnitsResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let listing = Listing {
            page_size: message.page_size,
            page_token: message.page_token,
            channel: message.channel,
            branch_code: String::new(),
            language_code: message.language_code,
        };
        let (channel_units, next_page_token) =
            self.list(&extensions, listing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::ListChannelUnitsResponse { channel_units, next_page_token }))
    }

    async fn upsert_channel_unit(
        &self,
        request: Request<proto::UpsertChannelUnitRequest>,
    ) -> Result<Response<proto::UpsertChannelUnitResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::UpsertChannelUnitRequest { request_id, channel_unit, language_code } = message;
        let writing = Writing { request_id, resource: channel_unit, language_code };
        let channel_unit = self.upsert(&extensions, writing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::UpsertChannelUnitResponse { channel_unit: Some(channel_unit) }))
    }

    async fn get_branch(
        &self,
        request: Request<proto::GetBranchRequest>,
    ) -> Result<Response<proto::GetBranchResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::GetBranchRequest { code, language_code } = message;
        let branch = self.get(&extensions, &code, &language_code).await.map_err(|status| *status)?;
        Ok(Response::new(proto::GetBranchResponse { branch: Some(branch) }))
    }

    async fn list_branches(
        &self,
        request: Request<proto::ListBranchesRequest>,
    ) -> Result<Response<proto::ListBranchesResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let listing = Listing {
            page_size: message.page_size,
            page_token: message.page_token,
            channel: 0,
            branch_code: String::new(),
            language_code: message.language_code,
        };
        let (branches, next_page_token) = self.list(&extensions, listing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::ListBranchesResponse { branches, next_page_token }))
    }

    async fn upsert_branch(
        &self,
        request: Request<proto::UpsertBranchRequest>,
    ) -> Result<Response<proto::UpsertBranchResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::UpsertBranchRequest { request_id, branch, language_code } = message;
        let writing = Writing { request_id, resource: branch, language_code };
        let branch = self.upsert(&extensions, writing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::UpsertBranchResponse { branch: Some(branch) }))
    }

    async fn get_agency(
        &self,
        request: Request<proto::GetAgencyRequest>,
    ) -> Result<Response<proto::GetAgencyResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::GetAgencyRequest { code, language_code } = message;
        let agency = self.get(&extensions, &code, &language_code).await.map_err(|status| *status)?;
        Ok(Response::new(proto::GetAgencyResponse { agency: Some(agency) }))
    }

    async fn list_agencies(
        &self,
        request: Request<proto::ListAgenciesRequest>,
    ) -> Result<Response<proto::ListAgenciesResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let listing = Listing {
            page_size: message.page_size,
            page_token: message.page_token,
            channel: message.channel,
            branch_code: message.branch_code,
            language_code: message.language_code,
        };
        let (agencies, next_page_token) = self.list(&extensions, listing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::ListAgenciesResponse { agencies, next_page_token }))
    }

    async fn upsert_agency(
        &self,
        request: Request<proto::UpsertAgencyRequest>,
    ) -> Result<Response<proto::UpsertAgencyResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::UpsertAgencyRequest { request_id, agency, language_code } = message;
        let writing = Writing { request_id, resource: agency, language_code };
        let agency = self.upsert(&extensions, writing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::UpsertAgencyResponse { agency: Some(agency) }))
    }

    async fn get_seller(
        &self,
        request: Request<proto::GetSellerRequest>,
    ) -> Result<Response<proto::GetSellerResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::GetSellerRequest { code, language_code } = message;
        let seller = self.get(&extensions, &code, &language_code).await.map_err(|status| *status)?;
        Ok(Response::new(proto::GetSellerResponse { seller: Some(seller) }))
    }

    async fn list_sellers(
        &self,
        request: Request<proto::ListSellersRequest>,
    ) -> Result<Response<proto::ListSellersResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let listing = Listing {
            page_size: message.page_size,
            page_token: message.page_token,
            channel: message.channel,
            branch_code: message.branch_code,
            language_code: message.language_code,
        };
        let (sellers, next_page_token) = self.list(&extensions, listing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::ListSellersResponse { sellers, next_page_token }))
    }

    async fn upsert_seller(
        &self,
        request: Request<proto::UpsertSellerRequest>,
    ) -> Result<Response<proto::UpsertSellerResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::UpsertSellerRequest { request_id, seller, language_code } = message;
        let writing = Writing { request_id, resource: seller, language_code };
        let seller = self.upsert(&extensions, writing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::UpsertSellerResponse { seller: Some(seller) }))
    }

    async fn get_staff_member(
        &self,
        request: Request<proto::GetStaffMemberRequest>,
    ) -> Result<Response<proto::GetStaffMemberResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::GetStaffMemberRequest { code, language_code } = message;
        let staff_member = self.get(&extensions, &code, &language_code).await.map_err(|status| *status)?;
        Ok(Response::new(proto::GetStaffMemberResponse { staff_member: Some(staff_member) }))
    }

    async fn list_staff_members(
        &self,
        request: Request<proto::ListStaffMembersRequest>,
    ) -> Result<Response<proto::ListStaffMembersResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let listing = Listing {
            page_size: message.page_size,
            page_token: message.page_token,
            channel: message.channel,
            branch_code: message.branch_code,
            language_code: message.language_code,
        };
        let (staff_members, next_page_token) =
            self.list(&extensions, listing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::ListStaffMembersResponse { staff_members, next_page_token }))
    }

    async fn upsert_staff_member(
        &self,
        request: Request<proto::UpsertStaffMemberRequest>,
    ) -> Result<Response<proto::UpsertStaffMemberResponse>, Status> {
        let (_, extensions, message) = request.into_parts();
        let proto::UpsertStaffMemberRequest { request_id, staff_member, language_code } = message;
        let writing = Writing { request_id, resource: staff_member, language_code };
        let staff_member = self.upsert(&extensions, writing).await.map_err(|status| *status)?;
        Ok(Response::new(proto::UpsertStaffMemberResponse { staff_member: Some(staff_member) }))
    }

    async fn import_directory(
        &self,
        request: Request<Streaming<proto::ImportDirectoryRequest>>,
    ) -> Result<Response<proto::ImportDirectoryResponse>, Status> {
        let (_, extensions, pieces) = request.into_parts();
        self.import(&extensions, pieces).await.map(Response::new).map_err(|status| *status)
    }
}
