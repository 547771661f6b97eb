//! Listing submissions by filter, newest first: the one place where SQL is put together, of constant pieces and binds.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;
use zhenshi_domain::{application::Channel, verdict::Verdict};

use super::{
    Scope, Store, StoreError,
    codes::Coded as _,
    submission::{SubmissionRow, read_submissions},
};
use crate::{ids, security::role::Role};

/// Which submissions are wanted. All conditions must hold; an unset one holds always.
#[derive(Debug, Clone, Default)]
pub struct SubmissionFilter {
    /// System that numbered the application.
    pub source: Option<String>,
    /// Heads of the application: the number under every kind that it may have.
    pub application_ids: Option<Vec<Uuid>>,
    /// Number of the application, when the source is not given and the heads cannot be computed.
    pub application_no: Option<String>,
    /// Verdict.
    pub verdict: Option<Verdict>,
    /// Sales channel.
    pub channel: Option<Channel>,
    /// Earliest decision, inclusive.
    pub decided_since: Option<DateTime<Utc>>,
    /// Latest decision, exclusive.
    pub decided_before: Option<DateTime<Utc>>,
    /// Only what was recorded before this submission: the last one of the page before.
    pub before: Option<Uuid>,
}

impl Store {
    /// Submissions within `scope` that match, newest first, at most `limit`; with each whether it is in force.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_submissions(
        &self,
        scope: Scope,
        filter: SubmissionFilter,
        limit: i64,
    ) -> Result<Vec<(SubmissionRow, bool)>, StoreError> {
        let mut query = select_ids(&scope, &filter, limit);
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let found: Vec<(Uuid, bool)> = query.build_query_as().fetch_all(&mut *tx).await?;
                let wanted: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
                let mut rows = read_submissions(tx, &wanted).await?;
                rows.reverse();
                Ok(rows.into_iter().zip(found.into_iter().map(|(_, current)| current)).collect())
            })
        })
        .await
    }
}

fn select_ids(scope: &Scope, filter: &SubmissionFilter, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "SELECT s.id, COALESCE(a.current_submission_id = s.id, false) \
         FROM submission s JOIN application a ON a.id = s.application_id WHERE true",
    );
    let channels: Vec<i16> = scope.channels().iter().map(|channel| channel.number()).collect();
    query.push(" AND s.channel = ANY(").push_bind(channels).push(")");
    if let Some(branch) = scope.branch() {
        query.push(" AND s.branch_code = ").push_bind(branch.to_owned());
    }
    if let Some(sources) = scope.sources() {
        query.push(" AND s.source = ANY(").push_bind(sources.to_vec()).push(")");
    }
    if scope.role() != Role::Auditor {
        // What is only stored any more is on no list but the audit's.
        query.push(
            " AND (EXISTS (SELECT FROM sealed z WHERE z.submission_id = s.id AND z.party_no >= 0 AND NOT z.restricted) \
             OR NOT EXISTS (SELECT FROM sealed z WHERE z.submission_id = s.id AND z.restricted))",
        );
    }
    if let Some(source) = &filter.source {
        query.push(" AND s.source = ").push_bind(source.clone());
    }
    if let Some(application_ids) = &filter.application_ids {
        query.push(" AND s.application_id = ANY(").push_bind(application_ids.clone()).push(")");
    }
    if let Some(application_no) = &filter.application_no {
        query.push(" AND s.application_no = ").push_bind(application_no.clone());
    }
    if let Some(verdict) = filter.verdict {
        query.push(" AND s.verdict = ").push_bind(verdict.number());
    }
    if let Some(channel) = filter.channel {
        query.push(" AND s.channel = ").push_bind(channel.number());
    }
    if let Some(since) = filter.decided_since {
        query.push(" AND s.decided_time >= ").push_bind(since);
        // Nothing is recorded before it is decided: the floor of the id leaves whole partitions out.
        query.push(" AND s.id >= ").push_bind(ids::floor(since));
    }
    if let Some(before) = filter.decided_before {
        query.push(" AND s.decided_time < ").push_bind(before);
    }
    if let Some(before) = filter.before {
        query.push(" AND s.id < ").push_bind(before);
    }
    query.push(" ORDER BY s.id DESC LIMIT ").push_bind(limit);
    query
}
