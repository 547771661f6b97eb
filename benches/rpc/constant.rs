//! Services that judge nothing: one behind everything that the real one has before it judges, one behind nothing.

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};
use zhenshi::{
    grpc::{convert::application::application, status::StatusWriter},
    words::{Language, Words},
};
use zhenshi_proto::zhenshi::v1::{
    ExplainCertificateRequest, ExplainCertificateResponse, GetSubmissionRequest, GetSubmissionResponse,
    ListSubmissionsRequest, ListSubmissionsResponse, ValidateApplicationRequest, ValidateApplicationResponse,
    ValidateApplicationsRequest, ValidateApplicationsResponse, validation_service_server::ValidationService,
};

/// What the real service has before it judges.
#[derive(Clone)]
pub(crate) struct Before {
    /// For the errors.
    pub(crate) words: Arc<Words>,
}

/// A service with a constant answer.
#[derive(Clone)]
pub(crate) struct Constant {
    /// Conversion (the token is checked by the layers); nothing for the bare server.
    pub(crate) before: Option<Before>,
    /// The answer.
    pub(crate) answer: Arc<ValidateApplicationResponse>,
}

impl Before {
    fn pass(&self, request: Request<ValidateApplicationRequest>) -> Result<(), Status> {
        let writer = StatusWriter::new(self.words.clone(), Language::default());
        let mut violations = Vec::new();
        let read = application(request.into_inner().application, &writer, &mut violations);
        // Kept until here, so that nothing of it is left out by the compiler.
        std::hint::black_box(read.map_err(|status| *status)?);
        if violations.is_empty() { Ok(()) } else { Err(writer.invalid(violations)) }
    }
}

#[tonic::async_trait]
impl ValidationService for Constant {
    async fn validate_application(
        &self,
        request: Request<ValidateApplicationRequest>,
    ) -> Result<Response<ValidateApplicationResponse>, Status> {
        if let Some(before) = &self.before {
            before.pass(request)?;
        }
        Ok(Response::new(ValidateApplicationResponse::clone(&self.answer)))
    }

    type ValidateApplicationsStream = tokio_stream::Empty<Result<ValidateApplicationsResponse, Status>>;

    async fn validate_applications(
        &self,
        _: Request<Streaming<ValidateApplicationsRequest>>,
    ) -> Result<Response<Self::ValidateApplicationsStream>, Status> {
        Err(Status::unimplemented("not driven"))
    }

    async fn get_submission(
        &self,
        _: Request<GetSubmissionRequest>,
    ) -> Result<Response<GetSubmissionResponse>, Status> {
        Err(Status::unimplemented("not driven"))
    }

    async fn list_submissions(
        &self,
        _: Request<ListSubmissionsRequest>,
    ) -> Result<Response<ListSubmissionsResponse>, Status> {
        Err(Status::unimplemented("not driven"))
    }

    async fn explain_certificate(
        &self,
        _: Request<ExplainCertificateRequest>,
    ) -> Result<Response<ExplainCertificateResponse>, Status> {
        Err(Status::unimplemented("not driven"))
    }
}
