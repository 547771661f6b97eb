//! One change of one case, from its lock to everything that it leaves: the row with the next version, the timeline, the
//! audit entry, the outbox events and the idempotency key, in the caller's transaction.
//!
//! ```ignore
//! self.with_tx(scope.clone(), move |tx| Box::pin(async move {
//!     let mut change = match change::begin(tx, &tools, &scope, &command).await? {
//!         Begun::Go(change) => change,
//!         Begun::Answered(answer) => return Ok(answer),
//!     };
//!     match case::apply_by(change.case.state, Move::Start, &actors) {
//!         Ok(state) => change.case.state = state,
//!         Err(refused) => return Ok(Answer::Refused(refused.into())),
//!     }
//!     change.tell(CaseEventKind::Started, EventData::none());
//!     change.finish(tx, &tools).await
//! })).await
//! ```
//! A refusal is returned before anything is written: nothing is left of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    calendar::Calendar,
    case::CaseState,
    event::{CaseFacts, EventData as OutboxData},
    profile::Profile,
};

use super::{
    CaseRefusal, CaseRow, EventData, NewCaseEvent, clearance,
    event::{self, CaseEventKind, Entries},
    request::{self, RequestKey, Used},
    row,
    text::{self, NewText},
};
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    security::scope::Scope,
    store::{
        StoreError, Tx,
        audit::{self, Entry},
        outbox::{self, CaseChange, NewEvent},
    },
};

/// What changes need beside the case: time, luck, and the rules that a deadline follows from.
#[derive(Clone)]
pub struct Tools {
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids.
    pub entropy: SharedEntropy,
    /// Working days in force.
    pub calendar: Arc<Calendar>,
    /// Names them.
    pub calendar_version: String,
    /// Days of cooling-off, hours, shares.
    pub profile: Arc<Profile>,
}

/// Which case is to be changed, and by which call.
#[derive(Debug, Clone)]
pub struct Command {
    /// The case.
    pub case_id: Uuid,
    /// The version that the caller saw; none if the change cannot conflict.
    pub etag: Option<i64>,
    /// Idempotency key; none for what the service does by itself.
    pub request: Option<RequestKey>,
    /// Action of the audit entry, `UPPER_SNAKE_CASE`.
    pub action: &'static str,
}

/// What became of a call that changes a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done, now or by an earlier call with the same content.
    Done {
        /// The case as it stands.
        case: Box<CaseRow>,
        /// What was made beside it: an evidence, an opinion.
        made_id: Option<Uuid>,
    },
    /// The request id was used for other content.
    Reused,
    /// No such case within the caller's reach.
    NotFound,
    /// The case has changed since the caller saw it.
    Stale,
    /// The rules do not allow it.
    Refused(CaseRefusal),
}

/// How a change begins.
pub enum Begun {
    /// The case is locked: decide, change, finish.
    Go(Box<Change>),
    /// There is an answer already.
    Answered(Answer),
}

/// A case under change.
pub struct Change {
    /// The case: change its fields. Version and time are set by [`Change::finish`].
    pub case: CaseRow,
    /// Time of the change.
    pub now: DateTime<Utc>,
    /// Who changes it.
    pub scope: Scope,
    command: Command,
    state_before: CaseState,
    held_until_before: Option<DateTime<Utc>>,
    made_id: Option<Uuid>,
    events: Vec<NewCaseEvent>,
    outbox: Vec<(OutboxData, Vec<Uuid>)>,
}

/// Locks the case of `command`, after answering repeats, stale copies and strangers.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn begin(
    tx: &mut Tx,
    tools: &Tools,
    scope: &Scope,
    command: &Command,
) -> Result<Begun, StoreError> {
    let Some(case) = row::lock(tx, command.case_id).await? else {
        return Ok(Begun::Answered(Answer::NotFound));
    };
    if let Some(key) = &command.request {
        match request::find(tx, scope.actor(), key).await? {
            Some(Used::Here { made_id, .. }) => {
                return Ok(Begun::Answered(Answer::Done { case: Box::new(case), made_id }));
            }
            Some(Used::Elsewhere) => return Ok(Begun::Answered(Answer::Reused)),
            None => {}
        }
    }
    if command.etag.is_some_and(|seen| seen != case.version) {
        return Ok(Begun::Answered(Answer::Stale));
    }
    Ok(Begun::Go(Box::new(Change::of(case, tools.clock.now(), scope.clone(), command.clone()))))
}

impl Change {
    /// A change of a case that is locked already, or about to be inserted (version 0).
    pub fn of(case: CaseRow, now: DateTime<Utc>, scope: Scope, command: Command) -> Self {
        let state_before = case.state;
        let held_until_before = clearance::held_until(&case);
        Self {
            case,
            now,
            scope,
            command,
            state_before,
            held_until_before,
            made_id: None,
            events: Vec::new(),
            outbox: Vec::new(),
        }
    }

    /// Where the case was when the change began.
    pub(in crate::store) const fn state_before(&self) -> CaseState {
        self.state_before
    }

    /// Until when it held up the calls of its customers when the change began.
    pub(super) const fn held_until_before(&self) -> Option<DateTime<Utc>> {
        self.held_until_before
    }

    /// Whether the change made the case.
    pub(super) const fn is_new(&self) -> bool {
        self.case.version <= 1
    }

    /// Adds an entry to the timeline.
    pub fn tell(&mut self, kind: CaseEventKind, data: EventData) {
        self.events.push(NewCaseEvent { kind, data, text_id: None });
    }

    /// Adds an entry with what the actor wrote, and writes that.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn tell_with(
        &mut self,
        tx: &mut Tx,
        kind: CaseEventKind,
        data: EventData,
        words: &NewText,
    ) -> Result<(), StoreError> {
        text::insert(tx, self.case.id, words).await?;
        self.events.push(NewCaseEvent { kind, data, text_id: Some(words.id) });
        Ok(())
    }

    /// Says that what its first entry tells was explained in the text `text_id`, which is written already.
    pub(in crate::store) fn explain(&mut self, text_id: Uuid) {
        if let Some(first) = self.events.first_mut() {
            first.text_id = Some(text_id);
        }
    }

    /// Adds an event for other systems, about these applications.
    pub fn publish(&mut self, data: OutboxData, applications: Vec<Uuid>) {
        self.outbox.push((data, applications));
    }

    /// Says what was made beside the case, for a repeat of the call.
    pub const fn made(&mut self, id: Uuid) {
        self.made_id = Some(id);
    }

    /// What is told of the case with every event.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if its number is none.
    pub fn facts(&self) -> Result<CaseFacts, StoreError> {
        facts(&self.case)
    }

    /// Writes everything: row, timeline, audit entry, events, key.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn finish(self, tx: &mut Tx, tools: &Tools) -> Result<Answer, StoreError> {
        let made_id = self.made_id;
        let mut cases = finish_all(tx, tools, vec![self]).await?;
        match cases.pop() {
            Some(case) => Ok(Answer::Done { case: Box::new(case), made_id }),
            None => Err(StoreError::Unexpected("a change of no case".into())),
        }
    }
}

/// What is told of a case with every event.
///
/// # Errors
/// [`StoreError::Corrupt`] if its number is none.
pub(in crate::store) fn facts(case: &CaseRow) -> Result<CaseFacts, StoreError> {
    let case_no = case.case_no.parse().map_err(|_| row::corrupt("case_no", case.id))?;
    Ok(CaseFacts {
        case_no,
        channel: case.channel,
        due_time: case.due_time,
        due_provisional: case.due_provisional,
    })
}

/// Finishes many changes, in one statement a table where that can be. A call that changes many cases keeps its key itself
/// ([`request::keep`]) and gives its changes none.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn finish_all(
    tx: &mut Tx,
    tools: &Tools,
    mut changes: Vec<Change>,
) -> Result<Vec<CaseRow>, StoreError> {
    for change in &mut changes {
        change.case.version += 1;
        change.case.changed_time = change.now;
    }
    let (new, old): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.case.version == 1);
    let rows = |of: &[&Change]| of.iter().map(|change| change.case.clone()).collect::<Vec<_>>();
    if !new.is_empty() {
        row::insert(tx, &rows(&new)).await?;
    }
    if !old.is_empty() {
        row::save(tx, &rows(&old)).await?;
    }
    event::insert(tx, &changes.iter().map(Change::entries).collect::<Vec<_>>()).await?;
    let mut outgoing = Vec::new();
    for change in &changes {
        let case = Some(CaseChange { case_id: change.case.id, version: change.case.version });
        let told = OutboxData::Changed { case: change.facts()? };
        let all = change.outbox.iter().cloned().chain(std::iter::once((told, Vec::new())));
        for (data, subject_ids) in all {
            let id = ids::mint(change.now, tools.entropy.as_ref())?;
            outgoing.push(NewEvent { id, recorded_time: change.now, case, subject_ids, data });
        }
        if let Some(key) = &change.command.request {
            let ids = [change.case.id];
            request::keep(tx, change.scope.actor(), key, &ids, change.made_id, change.now).await?;
        }
    }
    outbox::add(tx, &outgoing).await?;
    // One entry says what one actor did to many cases.
    for alike in changes.chunk_by(Change::is_like) {
        audit::append(tx, &audit_entry(alike, tools)?).await?;
    }
    clearance::tell_moved(tx, tools, &changes).await?;
    Ok(changes.into_iter().map(|change| change.case).collect())
}

impl Change {
    fn entries(&self) -> Entries<'_> {
        Entries {
            case_id: self.case.id,
            version: self.case.version,
            actor: self.scope.actor(),
            recorded_time: self.now,
            state_before: self.state_before,
            state_after: self.case.state,
            events: &self.events,
        }
    }

    /// Whether one audit entry can say both.
    fn is_like(&self, other: &Self) -> bool {
        self.scope.actor() == other.scope.actor()
            && self.command.action == other.command.action
            && self.now == other.now
    }
}

/// The entry of changes that are alike.
fn audit_entry(changes: &[Change], tools: &Tools) -> Result<Entry, StoreError> {
    let Some(first) = changes.first() else {
        return Err(StoreError::Unexpected("an audit entry of no change".into()));
    };
    Ok(Entry {
        id: ids::mint(first.now, tools.entropy.as_ref())?,
        recorded_time: first.now,
        actor: first.scope.actor().to_owned(),
        action: first.command.action.into(),
        subject_kind: "case".into(),
        subject_ids: changes.iter().map(|change| change.case.id).collect(),
        reason: why(changes),
        digest: Vec::new(),
    })
}

/// Most texts that one audit entry names; the timelines name all.
const MAX_TEXTS: usize = 20;

/// Why: what people write may hold anything about anybody, so it is sealed, and the entry names it by id.
fn why(changes: &[Change]) -> String {
    let texts = changes.iter().flat_map(|change| &change.events).filter_map(|event| event.text_id);
    let named: Vec<String> = texts.take(MAX_TEXTS).map(|id| format!("case_text {id}")).collect();
    named.join(", ")
}
