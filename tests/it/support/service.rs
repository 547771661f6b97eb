//! The service in this process, on port 0, with a fixed clock; and the program in a process of its own.

use std::{path::PathBuf, sync::Arc};

use chrono::NaiveTime;
use tempfile::TempDir;
use tonic::transport::Channel;
use uuid::Uuid;
use zhenshi::{
    cli::service::Service,
    clock::{FixedClock, SharedClock},
    config::Config,
    entropy::SeededEntropy,
    grpc::client::Client,
    ids,
    security::{
        keyring::Keyring,
        principal::{Principal, Reach},
        token,
    },
    store::tokens::{NewToken, Shown},
};
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::validation_service_client::ValidationServiceClient;

use super::database::{TestDatabase, start_time};

/// A running service with a database, a clock and a folder of its own.
pub struct TestService {
    service: Service,
    pub database: TestDatabase,
    pub folder: TempDir,
    /// The service's clock; of no use when the test gave it another.
    pub clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
}

/// Every channel.
pub const CHANNELS: [SalesChannel; 4] = [
    SalesChannel::IndividualAgents,
    SalesChannel::Bancassurance,
    SalesChannel::Intermediaries,
    SalesChannel::Direct,
];

impl TestService {
    pub async fn start() -> Self {
        Self::start_on(TestDatabase::new().await).await
    }

    pub async fn start_on(database: TestDatabase) -> Self {
        Self::start_with(database, |_| ()).await
    }

    /// A service whose configuration is changed by `change`.
    pub async fn start_with(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let fixed = Arc::new(FixedClock::new(start_time()));
        Self::start_by(database, fixed.clone(), fixed, change).await
    }

    /// With a clock of the test's own.
    pub async fn start_with_clock(clock: SharedClock) -> Self {
        Self::start_by(TestDatabase::new().await, clock, Arc::new(FixedClock::new(start_time())), |_| ())
            .await
    }

    async fn start_by(
        database: TestDatabase,
        clock: SharedClock,
        fixed: Arc<FixedClock>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SeededEntropy::new(42));
        let keyring = folder.path().join("keyring.json");
        Keyring::generate(entropy.as_ref()).unwrap().create(&keyring).unwrap();
        let mut config = config(&database, &folder, keyring);
        change(&mut config);
        let service = Service::start(&config, clock, entropy.clone()).await.unwrap();
        Self { service, database, folder, clock: fixed, entropy }
    }

    pub const fn running(&self) -> &Service {
        &self.service
    }

    /// Stops the service as `serve` does.
    pub async fn stop(self) {
        self.service.stop().await;
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.running().grpc.unwrap())
    }

    /// A token of `caller` for `sources` and `channels`.
    pub async fn token(&self, caller: &str, sources: &[&str], channels: &[SalesChannel]) -> String {
        let reach = Reach {
            sources: sources.iter().map(|&source| source.to_owned()).collect(),
            channels: channels.to_vec(),
        };
        self.token_of(Principal::system(caller, reach)).await
    }

    /// A token of `principal`.
    pub async fn token_of(&self, principal: Principal) -> String {
        let secret = token::generate(self.entropy.as_ref()).unwrap();
        let new = NewToken {
            id: self.mint(),
            principal,
            shows: Shown::Token(token::hash(&secret)),
            created_time: start_time(),
            audit_id: self.mint(),
        };
        self.running().app().store.create_token(new).await.unwrap();
        secret.to_string()
    }

    /// An id.
    pub fn mint(&self) -> Uuid {
        ids::mint(start_time(), self.entropy.as_ref()).unwrap()
    }

    /// A client of `caller` that may send everything.
    pub async fn client(&self, caller: &str) -> Client {
        let token = self.token(caller, &["*"], &CHANNELS).await;
        Client::connect(self.url(), &token).await.unwrap()
    }

    /// A connection.
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(self.url()).unwrap().connect().await.unwrap()
    }

    /// A bare connection, without a token.
    pub async fn bare_client(&self) -> ValidationServiceClient<Channel> {
        ValidationServiceClient::new(self.channel().await)
    }
}

/// The configuration of a test's service.
pub fn config(database: &TestDatabase, folder: &TempDir, keyring: PathBuf) -> Config {
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    // The lists of a test are made by the test: no list is due by itself before the day is over.
    config.list.time = NaiveTime::from_hms_opt(23, 59, 59).unwrap();
    config.grpc.listen.set_port(0);
    config.http.listen.set_port(0);
    config.database.url = Some(database.url.clone());
    config.keyring.path = Some(keyring);
    config
}
