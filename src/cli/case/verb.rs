//! What members of staff do with cases from the command line: the verbs and their arguments. `sort.rs` and `work.rs` beside it do
//! them. To add a verb: its variant, and its line in one of the two.

mod on;
mod sort;
mod work;
mod written;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{
        CallBackDoubt, CaseSource, Outcome,
        evidence::{ContactMeans, ContactResult, EvidenceKind},
    },
};

use super::{Context, channel, language, show};
use crate::{
    app::{App, CallBackAnswer, ClearedKind, OpinionKind, case::ChangedCase},
    words::Language,
};
use on::{By, On, OnMany};
use written::{
    call_back_answer, cleared_kind, doubt, evidence_kind, means, opinion_kind, outcome, result, source,
};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Report a doubt about a customer: a case of its own.
    Create {
        /// A submission of his application.
        #[arg(long)]
        submission: Uuid,
        /// Party of the application; 0 is the policyholder.
        #[arg(long, default_value_t = 0)]
        party: i16,
        /// Where the doubt came from: `CALL_BACK`, ENQUIRY, SERVICING, CLAIM, `CUSTOMER_CARE`.
        #[arg(long, value_parser = source)]
        source: CaseSource,
        /// Of a call-back: `NO_SUCH_NUMBER`, `WRONG_NUMBER`, `OUT_OF_SERVICE`, `ANSWERED_BY_OTHER`.
        #[arg(long, value_parser = doubt)]
        doubt: Option<CallBackDoubt>,
        /// What is doubted; kept sealed.
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Keep a case in sorting beyond its hour, or let it go on.
    Hold {
        #[command(flatten)]
        on: On,
        /// Lets it go on.
        #[arg(long)]
        let_go: bool,
        /// Why; kept sealed.
        reason: String,
    },
    /// Merge others into a case that is sorted; they are withdrawn and name it.
    Merge {
        #[command(flatten)]
        on: On,
        /// A case that goes into it; may be given again.
        #[arg(long = "with", required = true, value_name = "CASE")]
        merged: Vec<String>,
        /// Why; kept sealed.
        #[arg(long)]
        reason: String,
    },
    /// Release cases from sorting before their hour.
    Release(OnMany),
    /// Take the most urgent case of one's branch that nobody has.
    Claim(By),
    /// Give cases to somebody, or to whose turn it is; one case also to another channel.
    Assign {
        #[command(flatten)]
        on: OnMany,
        /// To whom (default: whose turn it is).
        #[arg(long, value_name = "STAFF_CODE")]
        to: Option<String>,
        /// Of one case: to another channel: 1 agents, 2 bancassurance, 3 intermediaries, 4 direct.
        #[arg(long, value_parser = channel, requires = "branch")]
        channel: Option<Channel>,
        /// Branch of that channel.
        #[arg(long, value_name = "CODE", requires = "channel")]
        branch: Option<String>,
        /// Why; must be given when somebody has it. Kept sealed.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Say that the assignee works on it.
    Start(On),
    /// Add a comment; it is kept sealed.
    Comment {
        #[command(flatten)]
        on: On,
        /// The comment.
        comment: String,
    },
    /// Record an attempt to reach the customer.
    Attempt {
        #[command(flatten)]
        on: On,
        /// When (RFC 3339; default: now).
        #[arg(long)]
        at: Option<DateTime<Utc>>,
        /// How: PHONE, MESSAGE, EMAIL, LETTER, VISIT.
        #[arg(long, value_parser = means)]
        means: ContactMeans,
        /// With what result: REACHED, `NO_ANSWER`, `ANSWERED_BY_OTHER`, `NO_SUCH_NUMBER`, `OUT_OF_SERVICE`, REFUSED, SENT, UNDELIVERABLE.
        #[arg(long, value_parser = result)]
        result: ContactResult,
        /// What there is to say; kept sealed.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Attach a file as evidence; it is scanned, sealed and kept.
    Attach {
        #[command(flatten)]
        on: On,
        /// The file.
        file: PathBuf,
        /// What it is, such as `CUSTOMER_PROOF`, `CONFIRMATION_FORM`, `INVESTIGATION_REPORT`, `RELATION_PROOF`.
        #[arg(long, value_parser = evidence_kind)]
        kind: EvidenceKind,
        /// Day on which it was signed.
        #[arg(long, value_name = "YYYY-MM-DD")]
        signed_on: Option<NaiveDate>,
        /// The policyholder signed it.
        #[arg(long)]
        by_policyholder: bool,
        /// The original was seen.
        #[arg(long)]
        original_seen: bool,
        /// It is signed electronically.
        #[arg(long)]
        electronic: bool,
        /// Staff code of who collected it (default: who acts).
        #[arg(long, value_name = "STAFF_CODE", default_value = "")]
        collector: String,
    },
    /// Write a piece of evidence into a file that only its owner can read; that it was read, and what for, is recorded.
    Evidence {
        #[command(flatten)]
        on: On,
        /// Its id, from `case show`.
        #[arg(long)]
        id: Uuid,
        /// What it is read for; kept sealed.
        #[arg(long)]
        purpose: String,
        /// The grant to read it by, where a file of the case is classified.
        #[arg(long, value_name = "ID")]
        grant: Option<Uuid>,
        /// The new file.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Write the form for a customer's signature into a file that only its owner can read.
    Form {
        #[command(flatten)]
        on: On,
        /// Customer of the case, from `case show`.
        #[arg(long)]
        customer: Uuid,
        /// The new file (HTML).
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// Language of the form: zh-Hans, zh-Hant or en.
        #[arg(long, default_value = "zh-Hans", value_parser = language)]
        language: Language,
    },
    /// Ask customer service to call the customer.
    RequestCallBack {
        #[command(flatten)]
        on: On,
        /// What to ask; kept sealed.
        question: String,
    },
    /// Say what a call to the customer gave.
    AnswerCallBack {
        #[command(flatten)]
        on: On,
        /// Id of the request, from `case show`.
        #[arg(long)]
        id: Uuid,
        /// CONFIRMED, `TOLD_OTHERWISE`, `NOT_REACHED` or REFUSED.
        #[arg(long, value_parser = call_back_answer)]
        answer: CallBackAnswer,
        /// What there is to say; kept sealed.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Stop the investigation clock.
    Pause {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Let the investigation clock run again.
    Resume(On),
    /// Give more working days; call-back and cooling-off never move.
    Extend {
        #[command(flatten)]
        on: On,
        /// How many.
        #[arg(long)]
        days: u16,
        /// Why; kept sealed.
        reason: String,
    },
    /// Urge whoever has the cases.
    Urge(OnMany),
    /// Customer service works on the case itself.
    TakeOver {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Answer the assist of one's channel, or do without the answer.
    AnswerAssist {
        #[command(flatten)]
        on: On,
        /// The channel: 1 agents, 2 bancassurance, 3 intermediaries, 4 direct.
        #[arg(long, value_parser = channel)]
        channel: Channel,
        /// Customer service does without the answer.
        #[arg(long = "override")]
        overrides: bool,
        /// The answer, or why there is none; kept sealed.
        answer: String,
    },
    /// Submit a case for verification.
    Submit {
        #[command(flatten)]
        on: On,
        /// CORRECTED, CLEARED, `CONFIRMED_FALSE` or UNREACHABLE.
        #[arg(long, value_parser = outcome)]
        outcome: Outcome,
        /// Of what is cleared: FAMILY, COMPANY, `PRIVACY_NUMBER` or OTHER.
        #[arg(long, value_parser = cleared_kind)]
        relation: Option<ClearedKind>,
        /// Of what is corrected: the servicing number.
        #[arg(long, default_value = "")]
        servicing_no: String,
        /// What was found; kept sealed.
        summary: String,
    },
    /// Agree with a submission; the last department closes the case.
    Verify {
        #[command(flatten)]
        on: On,
        /// What there is to say; kept sealed.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Return a submission to its assignee.
    Return {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Take a closed or withdrawn case up again.
    Reopen {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Withdraw a case; it takes two people.
    Withdraw {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Say that a case was issued by mistake.
    Appeal {
        #[command(flatten)]
        on: On,
        /// Why; kept sealed.
        reason: String,
    },
    /// Decide on an appeal.
    DecideAppeal {
        #[command(flatten)]
        on: On,
        /// Id of the appeal, from `case show`.
        #[arg(long)]
        id: Uuid,
        /// It was a mistake indeed.
        #[arg(long)]
        accept: bool,
        /// Why; kept sealed.
        reason: String,
    },
    /// Record a sanction or rectification opinion.
    Opinion {
        #[command(flatten)]
        on: On,
        /// SANCTION or RECTIFICATION.
        #[arg(long, value_parser = opinion_kind)]
        kind: OpinionKind,
        /// Staff code of who answers for it.
        #[arg(long, value_name = "STAFF_CODE")]
        owner: String,
        /// By when.
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: NaiveDate,
        /// The opinion; kept sealed.
        opinion: String,
    },
    /// Say what was done about an opinion.
    Reply {
        #[command(flatten)]
        on: On,
        /// Id of the opinion, from `case show`.
        #[arg(long)]
        id: Uuid,
        /// The reply; kept sealed.
        reply: String,
    },
    /// Tell compliance that an agency would not help.
    AgencyRefusal {
        #[command(flatten)]
        on: On,
        /// The agency.
        #[arg(long, value_name = "CODE")]
        agency: String,
        /// What happened; kept sealed.
        reason: String,
    },
    /// Hold the commission of an overdue case back, or release one that is held.
    Commission {
        #[command(flatten)]
        on: On,
        /// Releases it.
        #[arg(long)]
        release: bool,
        /// Why; kept sealed.
        reason: String,
    },
}

/// Does what the verb says, in the name of who acts.
pub(super) async fn run(context: &Context, app: &Arc<App>, verb: Verb) -> anyhow::Result<()> {
    match work::run(context, app, verb).await? {
        None => Ok(()),
        Some(verb) => sort::run(context, app, verb).await,
    }
}

fn shown(context: &Context, changed: &ChangedCase) {
    show::row(context, &changed.case);
}
