//! `zhenshi event`: what became of events at the endpoints, and sending them again. The same use cases as the API's.

use std::process::ExitCode;

use serde_json::json;
use uuid::Uuid;

use super::{Context, in_process::InProcess, output, session::Session};
use crate::{
    app::{
        App, DeliveryFilter, DeliveryRow, DeliveryState, Redelivered,
        list_deliveries::list_deliveries,
        redeliver_events::{AskedRedelivery, redeliver_events},
    },
    ids,
    security::principal::Principal,
};

/// Who asks, in the audit log: whoever may run the program with its keyring.
const CALLER: &str = "command-line";
/// Most deliveries that are shown.
const MAX_SHOWN: u16 = 1_000;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show deliveries, those of the newest event first.
    List {
        /// Only of this endpoint.
        #[arg(long, value_name = "NAME")]
        endpoint: Option<String>,
        /// Only in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only of this case.
        #[arg(long, value_name = "UUID")]
        case: Option<Uuid>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_SHOWN)))]
        limit: u16,
    },
    /// Send events to an endpoint again: those that are named, or every dead letter.
    Redeliver {
        /// The endpoint.
        #[arg(long, value_name = "NAME")]
        endpoint: String,
        /// Every dead letter.
        #[arg(long, conflicts_with = "events", required_unless_present = "events")]
        dead: bool,
        /// The events, delivered ones too.
        #[arg(value_name = "EVENT")]
        events: Vec<Uuid>,
    },
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum State {
    /// To be sent.
    Waiting,
    /// The endpoint has taken it.
    Delivered,
    /// Given up.
    Dead,
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Delivered => Self::Delivered,
            State::Dead => Self::Dead,
        }
    }
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command).await;
    session.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

async fn run_in(context: &Context, session: &Session, command: Command) -> anyhow::Result<()> {
    let inside = InProcess::open(context, session).await?;
    let done = act(context, &inside.app, command).await;
    inside.close().await?;
    done
}

async fn act(context: &Context, app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { endpoint, state, case, limit } => {
            let filter =
                DeliveryFilter { endpoint, state: state.map(State::into), case_id: case, after: None };
            let page = list_deliveries(app, &principal(), filter, limit).await?;
            for row in &page.rows {
                show(context, row);
            }
            if page.next.is_some() {
                output::note(format!("there are more than {limit}"));
            }
        }
        Command::Redeliver { endpoint, dead, events } => {
            // Whoever types it again means it: each call is a request of its own.
            let asked = AskedRedelivery {
                request_id: ids::of_luck(context.entropy.as_ref())?,
                digest: [0; 32],
                endpoint,
                which: if dead { Redelivered::Dead } else { Redelivered::Events(events) },
            };
            let done = redeliver_events(app, &principal(), asked).await?;
            if context.json {
                output::json(&json!({ "redelivered_count": done.count, "more": done.more }));
            } else {
                output::line(format!("{} to be sent again", done.count));
            }
            if done.more {
                output::note("there may be more: run it again");
            }
        }
    }
    Ok(())
}

fn show(context: &Context, row: &DeliveryRow) {
    let state = match (row.state, row.parked) {
        (DeliveryState::Waiting, true) => "parked",
        (DeliveryState::Waiting, false) => "waiting",
        (DeliveryState::Delivered, _) => "delivered",
        (DeliveryState::Dead, _) => "dead",
    };
    if context.json {
        output::json(&json!({
            "endpoint": row.endpoint,
            "event_id": row.event_id,
            "position": row.position,
            "kind": row.kind,
            "case_id": row.case_id,
            "state": state,
            "attempts": row.attempts,
            "last_result": row.last_result.map(crate::app::AttemptResult::name),
            "last_status": row.last_status,
            "recorded_time": row.recorded_time,
            "next_attempt_time": (row.state == DeliveryState::Waiting).then_some(row.next_attempt_time),
            "delivered_time": row.delivered_time,
        }));
        return;
    }
    let status = row.last_status.map(|status| format!(" {status}")).unwrap_or_default();
    let last = row.last_result.map(|result| format!("; last: {}{status}", result.name())).unwrap_or_default();
    let DeliveryRow { position, endpoint, event_id, kind, attempts, .. } = row;
    output::line(format!("{position:>8} {endpoint} {event_id} {kind} {state} after {attempts} failed{last}"));
}

/// Whoever may run the program with its keyring sees everything.
fn principal() -> Principal {
    Principal::whole(CALLER)
}
