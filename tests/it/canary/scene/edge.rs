//! What the network's edge refuses a call for, before or beside the message: by a service whose limits are low, so that
//! each is met by few calls. To add an error of the edge, add its call in [`Scene::errors_of_the_edge`].

use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tonic_types::StatusExt as _;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{MARKS, Scene, VALIDATE, lives, request, serve, signal};
use crate::support::{
    processes::eventually,
    raw::{Answer, Raw, STREAM, frame},
};

/// The limits, low: a caller has a burst of a few calls; a message of some size does not fit; streams stand still for less
/// time than connections live.
const LIMITS: [(&str, &str); 5] = [
    ("ZHENSHI__LIMITS__REQUESTS_PER_SECOND", "1"),
    ("ZHENSHI__LIMITS__REQUEST_BURST", "5"),
    ("ZHENSHI__LIMITS__PARTIAL_MESSAGE_BYTES", "100000"),
    ("ZHENSHI__LIMITS__STREAM_IDLE_MS", "300"),
    ("ZHENSHI__LIMITS__CONNECTION_AGE_MS", "3000"),
];
/// Messages of a stream that are more than the caller's rate lets through while its connection lives.
const TOO_MANY: u32 = 20;

impl Scene {
    /// Every refusal of the edge, each with planted values in headers and messages.
    pub async fn errors_of_the_edge(&mut self) {
        self.restart(&LIMITS).await;
        let sent = |n: u32| request(u128::from(30_000 + n), Self::acceptable(10_000 + n));
        let one = |n| frame(&sent(n).encode_to_vec());
        // Of other forms than are taken, and with a language that is none.
        self.call_raw(VALIDATE, &[("content-type", &format!("application/{}", MARKS[0]))], one(1)).await;
        self.call_raw(VALIDATE, &[("grpc-encoding", MARKS[0]), ("accept-language", MARKS[0])], one(2)).await;

        // Recording waits for a lock that nobody gives back in time.
        let mut blocker = PgConnection::connect(&self.place.database_url()).await.unwrap();
        blocker.execute("BEGIN; LOCK TABLE request_key IN ACCESS EXCLUSIVE MODE").await.unwrap();
        self.call_raw(VALIDATE, &[("grpc-timeout", "50m")], one(3)).await;
        blocker.close().await.unwrap();

        let mut large = sent(4);
        large.application.as_mut().unwrap().product.as_mut().unwrap().name = MARKS[1].repeat(12_000);
        self.call_raw(VALIDATE, &[], frame(&large.encode_to_vec())).await;
        self.stand_still(sent(5)).await;

        eventually("the caller is held back", async || {
            let answer = self.call_raw(VALIDATE, &[], one(6)).await;
            let info = answer.status().get_details_error_info()?;
            (info.reason == "RATE_LIMITED").then_some(())
        })
        .await;
        // Read no faster than the caller's rate, until the connection is too old.
        let many = (0..TOO_MANY).flat_map(|n| in_stream(sent(100 + n))).collect();
        self.call_raw(STREAM, &[], many).await;
        self.restart(&[]).await;
    }

    /// A stream that sends one message and then nothing.
    async fn stand_still(&self, message: proto::ValidateApplicationRequest) {
        let bearer = format!("Bearer {}", self.token);
        let raw = Raw::connect(self.serving.grpc).await;
        let mut open = raw.open(STREAM, &[("authorization", &bearer)]).await.unwrap();
        open.body.send_data(in_stream(message).into(), false).unwrap();
        let crate::support::raw::Open { response, body } = open;
        let answer = crate::support::raw::read(response).await.unwrap();
        drop(body);
        self.refusals.keep_answer(&answer);
    }

    /// Sends `body` with the token and `headers` over a connection of its own; what is refused is kept.
    async fn call_raw(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [&[("authorization", bearer.as_str())], headers].concat();
        let answer = Raw::connect(self.serving.grpc).await.call(path, &headers, body).await;
        self.refusals.keep_answer(&answer);
        answer
    }

    /// Stops the service in order, so that its spans are sent, and starts it again with `variables`.
    async fn restart(&mut self, variables: &[(&str, &str)]) {
        let pid = self.serving.pid();
        signal("TERM", &[pid]);
        eventually("the service stops", async || (!lives(pid)).then_some(())).await;
        self.serving = serve(&self.place, &self.endpoint, variables);
    }
}

/// A message of a stream, in its frame.
fn in_stream(request: proto::ValidateApplicationRequest) -> Vec<u8> {
    frame(&proto::ValidateApplicationsRequest { request: Some(request) }.encode_to_vec())
}
