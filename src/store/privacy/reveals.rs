//! The register of reveals: who has seen which parts of whom in clear, what for and by what, newest first.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::{Field, Purpose};

use super::{
    reveal::{EnquirerRole, Identification},
    row::wrong,
};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError},
};

/// The table.
const TABLE: &str = "reveal";

/// A reveal, as its row holds it; what was written about it is not here.
#[derive(Debug, Clone)]
pub struct RevealRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// Who.
    pub actor: String,
    /// Which parts.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// By which grant; none: by being assigned the case.
    pub grant_id: Option<Uuid>,
    /// Who enquired, and how he was identified.
    pub enquirer: Option<(EnquirerRole, Identification)>,
    /// Parties that were shown.
    pub party_count: i32,
    /// When.
    pub recorded_time: DateTime<Utc>,
}

struct Raw {
    id: Uuid,
    actor: String,
    fields: Vec<i16>,
    purpose: i16,
    grant_id: Option<Uuid>,
    enquirer_role: Option<i16>,
    identification: Option<i16>,
    party_count: i32,
    recorded_time: DateTime<Utc>,
}

impl TryFrom<Raw> for RevealRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let wrong = |column| wrong(TABLE, column, raw.id);
        let fields = raw.fields.iter().map(|code| Field::from_code(*code)).collect::<Option<Vec<_>>>();
        let enquirer = match (raw.enquirer_role, raw.identification) {
            (Some(role), Some(how)) => Some((
                EnquirerRole::from_code(role).ok_or_else(|| wrong("enquirer_role"))?,
                Identification::from_code(how).ok_or_else(|| wrong("identification"))?,
            )),
            _ => None,
        };
        Ok(Self {
            id: raw.id,
            actor: raw.actor,
            fields: fields.ok_or_else(|| wrong("fields"))?,
            purpose: Purpose::from_code(raw.purpose).ok_or_else(|| wrong("purpose"))?,
            grant_id: raw.grant_id,
            enquirer,
            party_count: raw.party_count,
            recorded_time: raw.recorded_time,
        })
    }
}

impl Store {
    /// At most `limit` reveals since `since`, newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_reveals(
        &self,
        scope: Scope,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<RevealRow>, StoreError> {
        self.with_read(scope, move |tx| {
            Box::pin(async move {
                // Ids begin with their time: the primary key is the order, and the end of the search.
                let raws = sqlx::query_as!(
                    Raw,
                    "SELECT id, actor, fields, purpose, grant_id, enquirer_role, identification, party_count, recorded_time
                     FROM reveal WHERE id >= $1 ORDER BY id DESC LIMIT $2",
                    ids::floor(since),
                    limit,
                )
                .fetch_all(tx)
                .await?;
                raws.into_iter().map(RevealRow::try_from).collect()
            })
        })
        .await
    }
}
