//! `zhenshi erasure`: retention and destruction of persons' data. Whoever asks, decides or holds is a member of staff by his
//! token in `ZHENSHI_TOKEN`: two persons are two tokens here too.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context as _;
use serde_json::{Value, json};
use uuid::Uuid;
use zhenshi_domain::erasure::State;

use super::{Context, in_process::InProcess, output, session::Session};
use crate::{
    app::{
        App,
        erasure::{
            accept_ledger::accept_ledger,
            decide::decide_erasure,
            hold::{lift_hold, place_hold},
            list::{get_erasure, list_erasures, list_subjects, show_subject},
            request::{AskedErasure, request_erasure},
            shred::{replay_ledger, scrub, shred_approved},
        },
    },
    ids,
    security::principal::Principal,
    store::retention::{
        ErasureGround, ErasureRow, HoldGround, SubjectName, SubjectRow, subject::SubjectFilter,
    },
};

/// Where the token of the member of staff is read from.
const TOKEN: &str = "ZHENSHI_TOKEN";

/// Whose data.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct Whose {
    /// A customer, by his id.
    #[arg(long, value_name = "ID", conflicts_with_all = ["submission", "party"])]
    customer: Option<Uuid>,
    /// A party of a submission, whatever its verdict.
    #[arg(long, value_name = "ID", requires = "party")]
    submission: Option<Uuid>,
    /// Number of that party: 0 for the policyholder.
    #[arg(long, value_name = "NUMBER", requires = "submission")]
    party: Option<i16>,
}

impl Whose {
    fn name(&self) -> anyhow::Result<SubjectName> {
        match (self.customer, self.submission.zip(self.party)) {
            (Some(id), _) => Ok(SubjectName::Customer(id)),
            (None, Some((submission_id, party_no))) => Ok(SubjectName::Party { submission_id, party_no }),
            (None, None) => anyhow::bail!("give --customer, or --submission with --party"),
        }
    }
}

/// Why data are destroyed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Ground {
    /// The legal periods are over.
    RetentionOver,
    /// The person asked for it.
    PersonAsked,
    /// An order of an authority.
    Order,
}

/// Why data are held.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Matter {
    /// An action at law.
    Litigation,
    /// A complaint.
    Complaint,
    /// An investigation.
    Investigation,
    /// An order of an authority.
    Order,
}

/// State of a person's data.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Which {
    /// Only stored and protected.
    Restricted,
    /// May be destroyed.
    Due,
    /// Will be destroyed.
    Approved,
    /// Destroyed.
    Shredded,
}

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show how one person's data stand, and from when they may be destroyed.
    Show {
        #[command(flatten)]
        whose: Whose,
    },
    /// List persons by state.
    Subjects {
        /// Only those in this state.
        #[arg(long, value_enum)]
        state: Option<Which>,
        /// Only those after this id.
        #[arg(long, value_name = "ID")]
        after: Option<Uuid>,
    },
    /// Ask for the destruction of a person's data.
    Request {
        #[command(flatten)]
        whose: Whose,
        /// Why.
        #[arg(long, value_enum, default_value = "retention-over")]
        ground: Ground,
        /// Number of the matter.
        #[arg(long, default_value = "")]
        reference: String,
        /// Makes the command safe to repeat (default: a new one).
        #[arg(long, value_name = "UUID")]
        request_id: Option<Uuid>,
    },
    /// Decide on a destruction that somebody else asked for.
    Decide {
        /// Id of the destruction.
        id: Uuid,
        /// Destroy; without it the request is declined.
        #[arg(long)]
        approve: bool,
    },
    /// List destructions, newest first.
    List {
        /// Only those that are not done.
        #[arg(long)]
        open: bool,
    },
    /// Print the signed certificate of a destruction.
    Certificate {
        /// Id of the destruction.
        id: Uuid,
    },
    /// Place a hold: nothing of the person is destroyed until it is lifted.
    Hold {
        #[command(flatten)]
        whose: Whose,
        /// Why.
        #[arg(long, value_enum)]
        ground: Matter,
        /// Number of the matter.
        #[arg(long)]
        reference: String,
    },
    /// Lift a hold.
    Lift {
        /// Id of the hold.
        id: Uuid,
    },
    /// Destroy now what was approved; a running service does it by itself.
    Run,
    /// Destroy again what the ledger says was destroyed, after a restore by other means than `db restore`.
    Replay,
    /// Take the ledger as it is for the whole one, after it was cut or lost for good: what this database knows of is added.
    AcceptLedger,
    /// Rewrite the tables that had held destroyed keys, and end the write-ahead log that had them. Locks each table.
    Scrub,
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
    let done = act(context, session, &inside.app, command).await;
    inside.close().await?;
    done
}

async fn act(context: &Context, session: &Session, app: &Arc<App>, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run => {
            let done = shred_approved(app).await?;
            output::note(format!("{done} destroyed"));
        }
        Command::Replay => {
            let count = replay_ledger(app).await?;
            output::note(format!("{count} of the ledger destroyed again"));
        }
        Command::AcceptLedger => {
            let accepted = accept_ledger(app).await?;
            output::note(format!(
                "the ledger has {} lines now, {} of them added from this database; {} had been known of",
                accepted.lines, accepted.added, accepted.known
            ));
        }
        Command::Scrub => {
            let url = context.config.database.migrate_url.as_ref().unwrap_or(&session.url);
            let (count, scrubbed) = scrub(app, url, |words: &str| output::note(words)).await?;
            let log = if scrubbed.log_ended {
                "the write-ahead log was ended"
            } else {
                "the login may not end the write-ahead log: have an administrator run CHECKPOINT"
            };
            output::note(format!("remains of {count} destructions rewritten; {log}"));
        }
        command => act_as(context, app, &member(app).await?, command).await?,
    }
    Ok(())
}

async fn act_as(
    context: &Context,
    app: &Arc<App>,
    member: &Principal,
    command: Command,
) -> anyhow::Result<()> {
    match command {
        Command::Show { whose } => subject(context, &show_subject(app, member, whose.name()?).await?),
        Command::Subjects { state, after } => {
            let filter = SubjectFilter { state: state.map(state_of), after };
            for row in list_subjects(app, member, filter, 500).await? {
                subject(context, &row);
            }
        }
        Command::Request { whose, ground, reference, request_id } => {
            let request_id = request_id.map_or_else(|| ids::of_luck(context.entropy.as_ref()), Ok)?;
            let ground = match ground {
                Ground::RetentionOver => ErasureGround::RetentionOver,
                Ground::PersonAsked => ErasureGround::PersonAsked,
                Ground::Order => ErasureGround::Order,
            };
            let asked = AskedErasure { request_id, name: whose.name()?, ground, reference };
            erasure(context, &request_erasure(app, member, asked).await?.0);
        }
        Command::Decide { id, approve } => {
            erasure(context, &decide_erasure(app, member, id, approve).await?.0);
        }
        Command::List { open } => {
            for row in list_erasures(app, member, open, None, 500).await? {
                erasure(context, &row);
            }
        }
        Command::Certificate { id } => {
            let row = get_erasure(app, member, id).await?;
            output::line(row.certificate.context("nothing is destroyed yet: there is no certificate")?);
        }
        Command::Hold { whose, ground, reference } => {
            let ground = match ground {
                Matter::Litigation => HoldGround::Litigation,
                Matter::Complaint => HoldGround::Complaint,
                Matter::Investigation => HoldGround::Investigation,
                Matter::Order => HoldGround::Order,
            };
            let row = place_hold(app, member, whose.name()?, ground, reference).await?;
            output::line(format!("{}", row.id));
        }
        Command::Lift { id } => lift_hold(app, member, id).await?,
        Command::Run | Command::Replay | Command::AcceptLedger | Command::Scrub => {}
    }
    Ok(())
}

async fn member(app: &App) -> anyhow::Result<Principal> {
    let token = std::env::var(TOKEN).with_context(|| {
        format!("{TOKEN} must hold the token of a member of staff (`zhenshi token create --staff CODE`)")
    })?;
    Ok(app.callers.authenticate(&token).await?)
}

const fn state_of(which: Which) -> State {
    match which {
        Which::Restricted => State::Restricted,
        Which::Due => State::Due,
        Which::Approved => State::Approved,
        Which::Shredded => State::Shredded,
    }
}

fn subject(context: &Context, row: &SubjectRow) {
    let terms = row.subject.terms;
    let value = json!({
        "id": row.id,
        "customer_id": row.customer_id,
        "submission_id": row.party.map(|party| party.0),
        "party_no": row.party.map(|party| party.1),
        "state": row.subject.state.name(),
        "restricted_from": terms.restricted_from,
        "due_from": terms.due_from,
        "destroy_by": terms.destroy_by,
        "held": row.subject.held,
        "requested_by": row.subject.requested_by,
    });
    show(context, &value);
}

fn erasure(context: &Context, row: &ErasureRow) {
    let value = json!({
        "id": row.id,
        "subject_id": row.subject_id,
        "reference": row.reference,
        "requested_by": row.requested_by,
        "requested_time": row.requested_time,
        "decided_by": row.decided_by,
        "decided_time": row.decided_time,
        "approved": row.approved,
        "shredded_time": row.shredded_time,
        "scrubbed_time": row.scrubbed_time,
        "kept_case_ids": (!row.kept_case_ids.is_empty()).then_some(&row.kept_case_ids),
    });
    show(context, &value);
}

/// One line: as JSON, or the fields that have a value.
fn show(context: &Context, value: &Value) {
    if context.json {
        output::json(value);
        return;
    }
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let words: Vec<String> = fields
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        })
        .collect();
    output::line(words.join("  "));
}
