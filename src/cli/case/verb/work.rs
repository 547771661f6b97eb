//! The investigation: what the assignee does, and the files that go in and out.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, sync::Arc};

use anyhow::Context as _;
use zhenshi_domain::case::evidence::{ContactAttempt, EvidenceFacts};

use super::{
    Context, Verb,
    on::{On, call, request},
    shown,
};
use crate::{
    app::{
        App, Submission,
        case::{
            add_comment::add_comment,
            attach_evidence::{self, EvidenceHeader},
            call_back::{answer_call_back, request_call_back},
            confirmation_form::confirmation_form,
            get_case::{View, get_case},
            get_evidence::{Wanted, get_evidence},
            record_contact_attempt::record_contact_attempt,
            start_investigation::start_investigation,
            submit_case::submit_case,
        },
    },
    cli::{
        case::{member, name},
        output,
    },
    words::Words,
};

/// Bytes that are read of a file at a time.
const PIECE: usize = 64 * 1024;

/// Does a verb of this room; gives back one that is not.
pub(super) async fn run(context: &Context, app: &Arc<App>, verb: Verb) -> anyhow::Result<Option<Verb>> {
    let changed = match verb {
        Verb::Start(on) => {
            let (principal, call) = call(context, app, &on, "start").await?;
            start_investigation(app, &principal, call).await?
        }
        Verb::Comment { on, comment } => {
            let (principal, call) = call(context, app, &on, &comment).await?;
            add_comment(app, &principal, call, &comment).await?
        }
        Verb::Attempt { on, at, means, result, note } => {
            let (principal, call) = call(context, app, &on, &note).await?;
            let attempt = ContactAttempt { time: at.unwrap_or_else(|| context.clock.now()), means, result };
            record_contact_attempt(app, &principal, call, attempt, &note).await?
        }
        Verb::Attach { on, file, kind, signed_on, by_policyholder, original_seen, electronic, collector } => {
            let facts = EvidenceFacts {
                kind,
                signer_is_policyholder: by_policyholder,
                signed_on,
                collector,
                original_seen,
                electronic,
            };
            return attach(context, app, &on, &file, facts).await.map(|()| None);
        }
        Verb::Evidence { on, id, purpose, grant: grant_id, output } => {
            let principal = member(app, on.by.staff.clone()).await?;
            let case_id = get_case(app, &principal, name(&on.case), View::Basic).await?.row.id;
            let wanted = Wanted { case_id, id, purpose, grant_id };
            let mut opened = get_evidence(app, &principal, &wanted).await?;
            let mut file = new_file(&output)?;
            while let Some(piece) = opened.pieces.recv().await {
                file.write_all(&piece?)?;
            }
            output::note(format!("written: {} ({})", output.display(), opened.row.content_type));
            return Ok(None);
        }
        Verb::Form { on, customer, output, language } => {
            let principal = member(app, on.by.staff.clone()).await?;
            let case_id = get_case(app, &principal, name(&on.case), View::Basic).await?.row.id;
            let words = Words::load()?;
            let form = confirmation_form(app, &principal, (case_id, customer), &words, language).await?;
            new_file(&output)?.write_all(form.html.as_bytes())?;
            output::note(format!("written: {}", output.display()));
            return Ok(None);
        }
        Verb::RequestCallBack { on, question } => {
            let (principal, call) = call(context, app, &on, &question).await?;
            request_call_back(app, &principal, call, &question).await?.0
        }
        Verb::AnswerCallBack { on, id, answer, note } => {
            let (principal, call) = call(context, app, &on, &note).await?;
            answer_call_back(app, &principal, call, id, answer, &note).await?
        }
        Verb::Submit { on, outcome, relation, servicing_no, summary } => {
            let (principal, call) = call(context, app, &on, &summary).await?;
            let suspicions = Vec::new();
            let submission = Submission { outcome, cleared_kind: relation, servicing_no, suspicions };
            submit_case(app, &principal, call, submission, &summary).await?
        }
        other => return Ok(Some(other)),
    };
    shown(context, &changed);
    Ok(None)
}

async fn attach(
    context: &Context,
    app: &Arc<App>,
    on: &On,
    path: &Path,
    facts: EvidenceFacts,
) -> anyhow::Result<()> {
    let principal = member(app, on.by.staff.clone()).await?;
    let case_id = get_case(app, &principal, name(&on.case), View::Basic).await?.row.id;
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let request_id = request(context, app, &file_name)?.request_id;
    let header = EvidenceHeader { case_id, request_id, facts, file_name, size: bytes.len() };
    let said = format!("{header:?}");
    let mut attaching = attach_evidence::begin(app, &principal, header).await?;
    for piece in bytes.chunks(PIECE) {
        attaching.take(piece).await?;
    }
    let (changed, evidence) = attaching.finish(said.as_bytes()).await?;
    output::note(format!(
        "evidence {} ({}, {} bytes)",
        evidence.id, evidence.content_type, evidence.size_bytes
    ));
    shown(context, &changed);
    Ok(())
}

/// A file that was not there, and that only its owner can read.
fn new_file(path: &Path) -> anyhow::Result<fs::File> {
    let file = fs::File::options().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot make {}", path.display()))
}
