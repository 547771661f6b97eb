//! `PrivacyService`: each method takes the message apart, calls one use case, and answers. The methods stand in the files of
//! `privacy/`, grouped by what they guard; here is what they share.
//!
//! To add a method: its line in the service's block below, its function in the file of its group.

mod access;
mod audit;
mod classes;
mod erasure;
mod exports;
mod incidents;
mod loans;
mod reveal;
mod shared;

use std::sync::Arc;

use tonic::{Request, Response, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::{app::App, words::Words};

/// The service.
#[derive(Clone)]
pub struct Privacy {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Privacy {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }
}

/// A method of the trait, as a call of its function.
macro_rules! methods {
    ($($method:ident($request:ty) -> $response:ty = $group:ident;)+) => {
        #[tonic::async_trait]
        impl proto::privacy_service_server::PrivacyService for Privacy {
            type DownloadUnmaskedExportStream = exports::DownloadStream;

            $(
                async fn $method(&self, request: Request<$request>) -> Result<Response<$response>, Status> {
                    $group::$method(self, request).await
                }
            )+
        }
    };
}

methods! {
    request_access(proto::RequestAccessRequest) -> proto::RequestAccessResponse = access;
    decide_access(proto::DecideAccessRequest) -> proto::DecideAccessResponse = access;
    end_access(proto::EndAccessRequest) -> proto::EndAccessResponse = access;
    get_access_grant(proto::GetAccessGrantRequest) -> proto::GetAccessGrantResponse = access;
    list_access_grants(proto::ListAccessGrantsRequest) -> proto::ListAccessGrantsResponse = access;
    reveal_fields(proto::RevealFieldsRequest) -> proto::RevealFieldsResponse = reveal;
    confirm_loan_end(proto::ConfirmLoanEndRequest) -> proto::ConfirmLoanEndResponse = loans;
    list_loans(proto::ListLoansRequest) -> proto::ListLoansResponse = loans;
    request_unmasked_export(proto::RequestUnmaskedExportRequest) -> proto::RequestUnmaskedExportResponse = exports;
    decide_unmasked_export(proto::DecideUnmaskedExportRequest) -> proto::DecideUnmaskedExportResponse = exports;
    get_unmasked_export(proto::GetUnmaskedExportRequest) -> proto::GetUnmaskedExportResponse = exports;
    list_unmasked_exports(proto::ListUnmaskedExportsRequest) -> proto::ListUnmaskedExportsResponse = exports;
    download_unmasked_export(proto::DownloadUnmaskedExportRequest) -> exports::DownloadStream = exports;
    classify_customer(proto::ClassifyCustomerRequest) -> proto::ClassifyCustomerResponse = classes;
    list_classified_customers(proto::ListClassifiedCustomersRequest) -> proto::ListClassifiedCustomersResponse = classes;
    report_leak(proto::ReportLeakRequest) -> proto::ReportLeakResponse = incidents;
    record_incident_measure(proto::RecordIncidentMeasureRequest) -> proto::RecordIncidentMeasureResponse = incidents;
    close_incident(proto::CloseIncidentRequest) -> proto::CloseIncidentResponse = incidents;
    get_incident(proto::GetIncidentRequest) -> proto::GetIncidentResponse = incidents;
    list_incidents(proto::ListIncidentsRequest) -> proto::ListIncidentsResponse = incidents;
    list_audit_entries(proto::ListAuditEntriesRequest) -> proto::ListAuditEntriesResponse = audit;
    verify_audit_chain(proto::VerifyAuditChainRequest) -> proto::VerifyAuditChainResponse = audit;
    list_access_alerts(proto::ListAccessAlertsRequest) -> proto::ListAccessAlertsResponse = incidents;
    request_erasure(proto::RequestErasureRequest) -> proto::RequestErasureResponse = erasure;
    decide_erasure(proto::DecideErasureRequest) -> proto::DecideErasureResponse = erasure;
    list_erasures(proto::ListErasuresRequest) -> proto::ListErasuresResponse = erasure;
    place_erasure_hold(proto::PlaceErasureHoldRequest) -> proto::PlaceErasureHoldResponse = erasure;
    lift_erasure_hold(proto::LiftErasureHoldRequest) -> proto::LiftErasureHoldResponse = erasure;
}
