//! A person's state as it is kept, and changing it: read under the row's lock, aged by the machine, written with the flags
//! on his sealed rows that keep them from being shown.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    erasure::{Move, Refusal, State, Subject},
    retention::{Terms, terms},
    shanghai,
};

use super::{
    Tools, facts,
    person::{Person, SubjectName, resolve, sealed_parties},
    request,
};
use crate::store::{Scope, Store, StoreError, Tx, codes::Coded};

/// Most persons of one page.
pub const MAX_PAGE: i64 = 500;

/// A person as he is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// His id here.
    pub id: Uuid,
    /// The customer, if he is one.
    pub customer_id: Option<Uuid>,
    /// Of whom nothing was ever accepted: his first party.
    pub party: Option<(Uuid, i16)>,
    /// How his data stand.
    pub subject: Subject,
    /// When that changed last.
    pub changed_time: DateTime<Utc>,
}

/// Whom a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct SubjectFilter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those after this one, by id.
    pub after: Option<Uuid>,
}

/// A person under lock.
pub(super) struct Locked {
    pub(super) row: SubjectRow,
    pub(super) person: Person,
    pub(super) today: NaiveDate,
    /// The state that the sealed rows are marked for.
    marked: State,
}

impl Locked {
    /// Makes `made` happen; nothing is written yet.
    pub(super) fn apply(&mut self, made: Move, actor: &str) -> Result<(), Refusal> {
        self.row.subject = self.row.subject.apply(made, actor, self.today)?;
        Ok(())
    }
}

macro_rules! subject_row {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(SubjectRow {
            id: row.id,
            customer_id: row.customer_id,
            party: row.submission_id.zip(row.party_no),
            subject: Subject {
                state: State::from_number(row.state, row.id)?,
                terms: Terms {
                    restricted_from: row.restricted_from,
                    due_from: row.due_from,
                    destroy_by: row.destroy_by,
                },
                held: row.held,
                requested_by: row.requested_by,
            },
            changed_time: row.changed_time,
        })
    }};
}

/// Reads, locks and ages a person; he gets a row if he has none.
pub(super) async fn lock(
    tx: &mut Tx,
    tools: &Tools,
    name: SubjectName,
) -> Result<Option<Locked>, StoreError> {
    let Some(person) = resolve(tx, name).await? else { return Ok(None) };
    sqlx::query!(
        "INSERT INTO retention_subject (id, customer_id, submission_id, party_no, state, changed_time)
         VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING",
        tools.mint()?,
        person.customer_id,
        person.party.map(|party| party.0),
        person.party.map(|party| party.1),
        tools.now,
    )
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query!(
        "SELECT id, customer_id, submission_id, party_no, state, restricted_from, due_from, destroy_by, held, requested_by,
             changed_time
         FROM retention_subject
         WHERE customer_id = $1 OR ($1::uuid IS NULL AND submission_id = $2 AND party_no = $3) FOR UPDATE",
        person.customer_id,
        person.party.map(|party| party.0),
        person.party.map(|party| party.1),
    )
    .fetch_one(&mut *tx)
    .await?;
    let mut row = subject_row!(row)?;
    let (today, marked) = (shanghai::date(tools.now), row.subject.state);
    if row.subject.state != State::Shredded {
        row.subject.terms = terms(&facts::holdings(tx, &person, tools.now).await?);
        row.subject = row.subject.aged(today);
    }
    Ok(Some(Locked { row, person, today, marked }))
}

/// Writes a person back, and marks his sealed rows if they may be shown no more, or again.
pub(super) async fn save(tx: &mut Tx, tools: &Tools, locked: &Locked) -> Result<(), StoreError> {
    let Locked { row: SubjectRow { id, subject, .. }, person, .. } = locked;
    sqlx::query!(
        "UPDATE retention_subject SET state = $2, restricted_from = $3, due_from = $4, destroy_by = $5, held = $6,
             requested_by = $7, changed_time = CASE WHEN state = $2 THEN changed_time ELSE $8 END
         WHERE id = $1",
        id,
        subject.state.number(),
        subject.terms.restricted_from,
        subject.terms.due_from,
        subject.terms.destroy_by,
        subject.held,
        subject.requested_by,
        tools.now,
    )
    .execute(&mut *tx)
    .await?;
    if matches!(subject.state, State::Active | State::Restricted) {
        request::fall(tx, tools, *id).await?;
    }
    let restricted = subject.state != State::Active;
    if restricted == (locked.marked != State::Active) {
        return Ok(());
    }
    let (submission_ids, party_nos): (Vec<Uuid>, Vec<i16>) =
        sealed_parties(tx, person).await?.into_iter().unzip();
    sqlx::query!(
        "UPDATE sealed SET restricted = $3
         FROM UNNEST($1::uuid[], $2::smallint[]) AS own (submission_id, party_no)
         WHERE sealed.submission_id = own.submission_id AND sealed.party_no = own.party_no
             AND sealed.restricted IS DISTINCT FROM $3",
        &submission_ids,
        &party_nos,
        restricted,
    )
    .execute(&mut *tx)
    .await?;
    let action = if restricted { "RESTRICT_DATA" } else { "RESUME_DATA" };
    tools.tell(tx, action, None, vec![*id], String::new()).await
}

impl Store {
    /// How the data of the person called `name` stand on the day of `tools`; nobody if there is none of that name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn retention_of(
        &self,
        scope: Scope,
        tools: Tools,
        name: SubjectName,
    ) -> Result<Option<SubjectRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(locked) = lock(tx, &tools, name).await? else { return Ok(None) };
                save(tx, &tools, &locked).await?;
                Ok(Some(locked.row))
            })
        })
        .await
    }

    /// Persons by filter, at most `limit`, in the order of their ids.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn retention_subjects(
        &self,
        scope: Scope,
        filter: SubjectFilter,
        limit: i64,
    ) -> Result<Vec<SubjectRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT id, customer_id, submission_id, party_no, state, restricted_from, due_from, destroy_by, held,
                         requested_by, changed_time
                     FROM retention_subject
                     WHERE ($1::smallint IS NULL OR state = $1) AND ($2::uuid IS NULL OR id > $2)
                     ORDER BY id LIMIT $3",
                    filter.state.map(Coded::number),
                    filter.after,
                    limit.min(MAX_PAGE),
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter().map(|row| subject_row!(row)).collect()
            })
        })
        .await
    }
}
