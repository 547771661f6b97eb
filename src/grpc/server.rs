//! The gRPC listener: validation, health, reflection.

use std::{future::Future, sync::Arc};

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic_health::server::HealthReporter;
use zhenshi_proto::zhenshi::v1::validation_service_server::{ValidationService, ValidationServiceServer};

use super::Validation;
use crate::{app::App, words::Words};

/// Largest message that is taken; what is larger is answered before it is read.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// Says whether the service takes calls; health checks of both listeners go by it.
#[derive(Clone)]
pub struct Readiness {
    reporter: HealthReporter,
}

impl Readiness {
    /// Tells health checks whether to send calls here.
    pub async fn set(&self, ready: bool) {
        let status = if ready {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        // The empty name stands for the whole server.
        self.reporter.set_service_status("", status).await;
        self.reporter.set_service_status("zhenshi.v1.ValidationService", status).await;
    }
}

/// Why the listener could not be opened or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("gRPC listener: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The embedded descriptors cannot be read.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Prepares the server: the future runs until `stop`, then lets calls under way finish.
///
/// # Errors
/// When the embedded descriptors cannot be read.
pub fn prepare(
    app: Arc<App>,
    words: Arc<Words>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(Readiness, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    prepare_with(Validation::new(app, words), listener, stop)
}

/// As [`prepare`], with another implementation behind the same layers; for measuring what they cost.
///
/// # Errors
/// When the embedded descriptors cannot be read.
pub fn prepare_with<V: ValidationService>(
    validation: V,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(Readiness, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(zhenshi_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let validation = ValidationServiceServer::new(validation).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let serving = async move {
        Server::builder()
            .add_service(health)
            .add_service(reflection)
            .add_service(validation)
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop)
            .await
            .map_err(ServeError::from)
    };
    Ok((Readiness { reporter }, serving))
}
