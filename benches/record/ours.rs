//! Our side: so many callers, each with its own applications, one call at a time.

use std::{path::PathBuf, sync::Arc, time::Instant};

use anyhow::bail;
use sqlx::{Connection as _, PgConnection};
use tokio::task::JoinSet;
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        recorder::WhenFull,
        validate_application::{Submitted, validate_application},
    },
    cli::service::Service,
    clock::SystemClock,
    config::Config,
    entropy::{SystemEntropy, bytes},
    security::{
        keyring::Keyring,
        principal::{ALL_SOURCES, Principal, Reach},
    },
};
use zhenshi_domain::application::{Application, Channel};

use crate::{
    database::{Copied, Server, figures},
    figures::{Run, percentile_ms},
    inputs::applications,
    script::{self, Sample},
    unsealed::record_unsealed,
};

/// Submissions of the run whose rows pgbench learns from.
const SAMPLE_SUBMISSIONS: usize = 32;

/// The use case on the service's own recorder, with its jobs running beside it.
pub(crate) struct Ours {
    server: Server,
    keyring: PathBuf,
    folder: PathBuf,
    principal: Principal,
    applications: Vec<Application>,
}

impl Ours {
    /// Makes the keyring and the applications.
    pub(crate) fn new(server: Server, folder: PathBuf, submissions: usize) -> anyhow::Result<Self> {
        let keyring = folder.join("keyring.json");
        Keyring::generate(&SystemEntropy::default())?.create(&keyring)?;
        let reach = Reach { sources: vec![ALL_SOURCES.into()], channels: vec![Channel::Bancassurance] };
        let principal = Principal::system("bench", reach);
        let applications = applications(submissions)?;
        Ok(Self { server, keyring, folder, principal, applications })
    }

    /// Who calls.
    pub(crate) const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// A service on a fresh copy.
    pub(crate) async fn open(&self) -> anyhow::Result<(Copied, Service)> {
        let copy = self.server.copy().await?;
        let service = self.serve(&copy).await?;
        Ok((copy, service))
    }

    /// Ends what [`Ours::open`] began.
    pub(crate) async fn close(&self, copy: Copied, service: Service) -> anyhow::Result<()> {
        service.stop().await;
        self.server.remove(copy).await
    }

    /// A service on `copy`, as `zhenshi serve` starts it; its listeners stay idle.
    async fn serve(&self, copy: &Copied) -> anyhow::Result<Service> {
        let mut config = Config { data_dir: self.folder.clone(), ..Config::default() };
        config.grpc.listen.set_port(0);
        config.http.listen.set_port(0);
        config.database.url = Some(copy.url.clone());
        config.keyring.path = Some(self.keyring.clone());
        Service::start(&config, Arc::new(SystemClock), Arc::new(SystemEntropy::default())).await
    }

    /// Records all applications through `callers` on a fresh database.
    pub(crate) async fn run(&self, callers: usize, sealing: bool) -> anyhow::Result<Run> {
        let copy = self.server.copy().await?;
        let service = self.serve(&copy).await?;
        let submitted = self.submitted(service.app(), self.applications.len())?;
        let (seconds, mut waits) = self.send(service.app(), submitted, callers, sealing).await?;
        service.stop().await;
        let count = self.applications.len();
        let sizes = self.server.sizes(&copy, count).await?;
        self.server.remove(copy).await?;
        waits.sort_unstable();
        Ok(Run {
            callers,
            per_second: figures(count) / seconds,
            p50_ms: percentile_ms(&waits, 50),
            p99_ms: percentile_ms(&waits, 99),
            sizes,
        })
    }

    /// The rows of one submission, for pgbench to write the like.
    pub(crate) async fn sample(&self, sealing: bool) -> anyhow::Result<Sample> {
        let copy = self.server.copy().await?;
        let service = self.serve(&copy).await?;
        let submitted = self.submitted(service.app(), SAMPLE_SUBMISSIONS)?;
        self.send(service.app(), submitted, 1, sealing).await?;
        service.stop().await;
        let mut connection = PgConnection::connect(&copy.url).await?;
        let sample = script::read_sample(&mut connection).await?;
        connection.close().await?;
        self.server.remove(copy).await?;
        Ok(sample)
    }

    /// The inputs, made before the clock runs.
    pub(crate) fn submitted(&self, app: &App, count: usize) -> anyhow::Result<Vec<Submitted>> {
        let entropy = SystemEntropy::default();
        let one = |application: &Application| {
            Ok(Submitted {
                request_id: Uuid::from_bytes(bytes(&entropy)?),
                digest: app.request_digest(application.key.application_no.as_bytes()),
                application: application.clone(),
            })
        };
        self.applications.iter().take(count).map(one).collect()
    }

    /// Seconds from the first call to the last answer, and every caller's waiting times in microseconds.
    async fn send(
        &self,
        app: &Arc<App>,
        submitted: Vec<Submitted>,
        callers: usize,
        sealing: bool,
    ) -> anyhow::Result<(f64, Vec<u32>)> {
        let count = submitted.len();
        let mut shares: Vec<Vec<Submitted>> = (0..callers).map(|_| Vec::new()).collect();
        for (place, one) in submitted.into_iter().enumerate() {
            shares[place % callers].push(one);
        }
        let begun = Instant::now();
        let mut calling: JoinSet<anyhow::Result<Vec<u32>>> = JoinSet::new();
        for share in shares {
            let (app, principal) = (app.clone(), self.principal.clone());
            calling.spawn(async move { call(&app, &principal, share, sealing).await });
        }
        let mut waits = Vec::with_capacity(count);
        while let Some(ended) = calling.join_next().await {
            waits.extend(ended??);
        }
        let seconds = begun.elapsed().as_secs_f64();
        if waits.len() != count {
            bail!("{} of {count} submissions were answered", waits.len());
        }
        Ok((seconds, waits))
    }
}

/// One caller.
async fn call(
    app: &App,
    principal: &Principal,
    share: Vec<Submitted>,
    sealing: bool,
) -> anyhow::Result<Vec<u32>> {
    let mut waits = Vec::with_capacity(share.len());
    for submitted in share {
        let begun = Instant::now();
        if sealing {
            validate_application(app, principal, submitted, WhenFull::TurnAway).await?;
        } else {
            record_unsealed(app, principal, submitted).await?;
        }
        waits.push(u32::try_from(begun.elapsed().as_micros())?);
    }
    Ok(waits)
}
