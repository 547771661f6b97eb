//! The gRPC listener: the services, health, reflection.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::service::Routes;
use tonic_health::server::HealthReporter;
use zhenshi_proto::zhenshi::v1::{
    calendar_service_server::CalendarServiceServer,
    case_service_server::CaseServiceServer,
    directory_service_server::DirectoryServiceServer,
    event_service_server::EventServiceServer,
    policy_event_service_server::PolicyEventServiceServer,
    privacy_service_server::PrivacyServiceServer,
    suspicion_service_server::SuspicionServiceServer,
    validation_service_server::{ValidationService, ValidationServiceServer},
};

use super::{
    Calendar, Cases, Directory, Events, PolicyEvents, Privacy, Suspicions, Validation,
    call::{Calls, services},
    connection::Connections,
};
use crate::{app::App, config::Limits, edge::Acceptor, words::Words};

/// Says whether the service takes calls; health checks of both listeners go by it.
#[derive(Clone)]
pub struct Readiness {
    reporter: HealthReporter,
    /// Full names of the API's services.
    services: Vec<String>,
}

impl Readiness {
    /// Tells health checks of the database as long as the service runs; of nobody to send calls to once it stops.
    pub async fn follow(self, mut reachable: watch::Receiver<bool>, stop: CancellationToken) {
        loop {
            let ready = *reachable.borrow_and_update();
            self.set(ready).await;
            tokio::select! {
                changed = reachable.changed() => if changed.is_err() { break },
                () = stop.cancelled() => break,
            }
        }
        self.set(false).await;
    }

    async fn set(&self, ready: bool) {
        let status = if ready {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        // The empty name stands for the whole server.
        self.reporter.set_service_status("", status).await;
        for service in &self.services {
            self.reporter.set_service_status(service, status).await;
        }
    }
}

/// Why the listener could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The embedded descriptors cannot be read.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The embedded descriptors are not there.
    #[error("the descriptors of the API are not in this build")]
    Descriptors,
}

/// What the gRPC listener is made of.
pub struct Listening {
    /// Use cases.
    pub app: Arc<App>,
    /// Words of every language.
    pub words: Arc<Words>,
    /// Where connections come from.
    pub acceptor: Acceptor,
    /// What they may ask.
    pub limits: Limits,
    /// Whether they may ask what there is to ask.
    pub reflection: bool,
    /// Ends it: no more connections, those that are there are asked to go.
    pub stop: CancellationToken,
}

impl Listening {
    /// Prepares the server: the future runs until `stop`, then lets calls under way finish, but not for ever.
    ///
    /// # Errors
    /// When the embedded descriptors cannot be read.
    pub fn prepare(self) -> Result<(Readiness, impl Future<Output = ()> + Send), ServeError> {
        let validation = Validation::new(self.app.clone(), self.words.clone());
        self.prepare_with(validation)
    }

    /// As [`Self::prepare`], with another implementation behind the same layers; for measuring what they cost.
    ///
    /// # Errors
    /// When the embedded descriptors cannot be read.
    pub fn prepare_with<V: ValidationService>(
        self,
        validation: V,
    ) -> Result<(Readiness, impl Future<Output = ()> + Send), ServeError> {
        let Self { app, words, mut acceptor, limits, reflection, stop } = self;
        let (reporter, health) = tonic_health::server::health_reporter();
        let mut routes = Routes::new(health);
        if reflection {
            routes = routes.add_service(
                tonic_reflection::server::Builder::configure()
                    .register_encoded_file_descriptor_set(zhenshi_proto::FILE_DESCRIPTOR_SET)
                    .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                    .build_v1()?,
            );
        }
        let services = services();
        let routes = routes
            .add_service(ValidationServiceServer::new(validation))
            .add_service(CalendarServiceServer::new(Calendar::new(app.clone(), words.clone())))
            .add_service(DirectoryServiceServer::new(Directory::new(app.clone(), words.clone())))
            .add_service(EventServiceServer::new(Events::new(app.clone(), words.clone())))
            .add_service(PolicyEventServiceServer::new(PolicyEvents::new(app.clone(), words.clone())))
            .add_service(CaseServiceServer::new(Cases::new(app.clone(), words.clone())))
            .add_service(PrivacyServiceServer::new(Privacy::new(app.clone(), words.clone())))
            .add_service(SuspicionServiceServer::new(Suspicions::new(app.clone(), words.clone())))
            .prepare();
        let calls = Calls::new(app, words, &limits, routes).ok_or(ServeError::Descriptors)?;
        let connections = Connections::new(calls, &limits, stop.clone());
        let serving = async move {
            let open = TaskTracker::new();
            loop {
                tokio::select! {
                    (socket, _) = acceptor.accept() => {
                        let peer = socket.peer();
                        open.spawn(connections.clone().serve(socket, peer));
                    }
                    () = stop.cancelled() => break,
                }
            }
            // The port is free before the last call is done: new callers are refused at once.
            drop(acceptor);
            drop(connections);
            open.close();
            open.wait().await;
        };
        Ok((Readiness { reporter, services }, serving))
    }
}
