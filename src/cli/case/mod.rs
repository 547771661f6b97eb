//! `zhenshi case`: the worklist and what is done on it, beside a running service. The same use cases as the API's.
//!
//! Reading is whole unless `--as` names a member of staff: then it is his, and so is every change. To add a subcommand that reads:
//! its variant, its line in `act`; one that changes: see `verb.rs`.

mod show;
mod verb;

use std::{process::ExitCode, sync::Arc};

use anyhow::Context as _;
use chrono::NaiveDate;
use zhenshi_domain::{application::Channel, case::CaseState, shanghai, suspicion::Clue};

use super::{Context, in_process::InProcess, session::Session};
use crate::{
    app::{
        App, CaseFilter, CaseName, Dimension,
        case::{
            get_case::{View, get_case},
            get_case_statistics::{Asked, get_case_statistics},
            list_case_events::list_case_events,
            list_cases::{From, list_cases},
        },
    },
    security::principal::{ALL_CHANNELS, Principal},
    words::{Language, Words},
};

/// Who reads, in the audit log: whoever may run the program with its keyring.
const CALLER: &str = "command-line";
/// Cases or entries that are read at a time.
const PAGE: u16 = 200;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List cases, the most urgent first.
    List(ListArgs),
    /// Show one case with what hangs on it; nothing is decrypted.
    Show {
        /// Number (YYYYMMDD-NNNNNN) or id.
        case: String,
        /// In the name of this member of staff.
        #[arg(long = "as", value_name = "STAFF_CODE")]
        staff: Option<String>,
        /// Language of the words: zh-Hans, zh-Hant or en.
        #[arg(long, default_value = "zh-Hans", value_parser = language)]
        language: Language,
    },
    /// Show the timeline of a case, oldest first; what people wrote stays sealed.
    Events {
        /// Number (YYYYMMDD-NNNNNN) or id.
        case: String,
        /// In the name of this member of staff.
        #[arg(long = "as", value_name = "STAFF_CODE")]
        staff: Option<String>,
        /// Language of the words: zh-Hans, zh-Hant or en.
        #[arg(long, default_value = "zh-Hans", value_parser = language)]
        language: Language,
    },
    /// Count how cases went.
    Stats {
        /// First day on which they were made.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: NaiveDate,
        /// Last one (default: today in Asia/Shanghai).
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Option<NaiveDate>,
        /// Split by this.
        #[arg(long, value_enum, default_value_t)]
        by: By,
        /// In the name of this member of staff.
        #[arg(long = "as", value_name = "STAFF_CODE")]
        staff: Option<String>,
    },
    /// What members of staff do with them.
    #[command(flatten)]
    Do(verb::Verb),
}

/// Which cases are listed.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Only of these states (default: all that are not over): SORTING, OPEN, ASSIGNED, INVESTIGATING, SUBMITTED, CLOSED, WITHDRAWN.
    #[arg(long, value_parser = state, value_delimiter = ',')]
    state: Vec<CaseState>,
    /// Only of this assignee.
    #[arg(long, value_name = "STAFF_CODE")]
    assignee: Option<String>,
    /// Only of this lead channel: 1 agents, 2 bancassurance, 3 intermediaries, 4 direct.
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
    /// Only of this lead branch.
    #[arg(long, value_name = "CODE")]
    branch: Option<String>,
    /// Only with a member of this seller.
    #[arg(long, value_name = "CODE")]
    seller: Option<String>,
    /// Only with this clue, such as `SAME_PHONE`.
    #[arg(long, value_parser = clue)]
    clue: Option<Clue>,
    /// Only of the list of this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    list_date: Option<NaiveDate>,
    /// Only overdue ones.
    #[arg(long)]
    overdue: bool,
    /// Only those that nobody has.
    #[arg(long)]
    unassigned: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// In the name of this member of staff.
    #[arg(long = "as", value_name = "STAFF_CODE")]
    staff: Option<String>,
}

/// What statistics are split by.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub enum By {
    /// Nothing.
    #[default]
    Nothing,
    /// The lead channel.
    Channel,
    /// The lead branch.
    Branch,
    /// The assignee.
    Clerk,
    /// The sellers of the members.
    Seller,
}

impl std::convert::From<By> for Dimension {
    fn from(by: By) -> Self {
        match by {
            By::Nothing => Self::Whole,
            By::Channel => Self::Channel,
            By::Branch => Self::Branch,
            By::Clerk => Self::Clerk,
            By::Seller => Self::Seller,
        }
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "not one of zh-Hans, zh-Hant, en".to_owned())
}

fn state(name: &str) -> Result<CaseState, String> {
    let found = CaseState::ALL.into_iter().find(|state| state.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| format!("not one of {}", CaseState::ALL.map(CaseState::name).join(", ")))
}

fn clue(name: &str) -> Result<Clue, String> {
    let found = Clue::ALL.into_iter().find(|clue| clue.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| format!("not one of {}", Clue::ALL.map(Clue::name).join(", ")))
}

fn channel(number: &str) -> Result<Channel, String> {
    let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    place.and_then(|place| ALL_CHANNELS.get(place)).copied().ok_or_else(|| "not one of 1, 2, 3, 4".to_owned())
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

async fn act(context: &Context, app: &Arc<App>, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List(args) => list(context, app, args).await,
        Command::Show { case, staff, language } => {
            let principal = principal(app, staff).await?;
            let shown = get_case(app, &principal, name(&case), View::Full).await?;
            show::one(context, &shown, &Words::load()?, language);
            Ok(())
        }
        Command::Events { case, staff, language } => {
            events(context, app, &principal(app, staff).await?, &case, language).await
        }
        Command::Stats { from, to, by, staff } => {
            let asked = Asked {
                first: from,
                last: to.unwrap_or_else(|| shanghai::date(context.clock.now())),
                dimension: by.into(),
                channel: None,
                branch_code: None,
            };
            let found = get_case_statistics(app, &principal(app, staff).await?, asked).await?;
            show::statistics(context, &found);
            Ok(())
        }
        Command::Do(verb) => verb::run(context, app, verb).await,
    }
}

async fn list(context: &Context, app: &App, args: ListArgs) -> anyhow::Result<()> {
    let principal = principal(app, args.staff).await?;
    let filter = CaseFilter {
        states: args.state,
        assignee: args.assignee,
        channel: args.channel,
        branch_code: args.branch,
        seller_code: args.seller,
        clue: args.clue,
        list_date: args.list_date,
        overdue: args.overdue,
        unassigned: args.unassigned,
        ..CaseFilter::default()
    };
    let (mut from, mut left) = (From::Top, args.limit);
    while left > 0 {
        let size = u16::try_from(left).unwrap_or(PAGE).min(PAGE);
        let page = list_cases(app, &principal, filter.clone(), from, size, false).await?;
        for case in &page.cases {
            show::row(context, case);
        }
        left = left.saturating_sub(page.cases.len());
        match page.next {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(())
}

async fn events(
    context: &Context,
    app: &App,
    principal: &Principal,
    case: &str,
    language: Language,
) -> anyhow::Result<()> {
    let words = Words::load()?;
    let shown = get_case(app, principal, name(case), View::Basic).await?;
    let mut after = None;
    loop {
        let page = list_case_events(app, principal, shown.row.id, after, PAGE, false).await?;
        for event in &page.events {
            show::event(context, event, &words, language);
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// A case by id or number.
fn name(text: &str) -> CaseName {
    text.parse().map_or_else(|_| CaseName::Number(text.to_owned()), CaseName::Id)
}

/// The member of staff, or whoever may run the program with its keyring, who sees everything.
async fn principal(app: &App, staff: Option<String>) -> anyhow::Result<Principal> {
    match staff {
        Some(code) => member(app, code).await,
        None => Ok(Principal::whole(CALLER)),
    }
}

async fn member(app: &App, code: String) -> anyhow::Result<Principal> {
    let found = app.store.find_staff(code.clone()).await?;
    found.with_context(|| format!("the directory has no active member of staff {code}"))
}
