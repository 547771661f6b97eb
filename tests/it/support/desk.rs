//! A desk in the office: one case of two customers who share a phone, which the clerk B1 investigates.

use sqlx::{AssertSqlSafe, PgPool, Row as _};
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;
use zhenshi::config::Config;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    cases::{BANK, Cases, DAY, Office},
    database::TestDatabase,
    evidence::hexadecimal,
};

/// The desk.
pub struct Desk {
    pub office: Office,
    pub client: Cases,
    /// The case.
    pub case_id: Uuid,
}

/// States as they are stored.
pub const INVESTIGATING: i16 = 4;

impl Desk {
    /// B1 has begun to investigate at 09:00 of the day of the list.
    pub async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::open_on(TestDatabase::new().await, change).await
    }

    pub async fn open_on(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let office = Office::open_with(database, change).await;
        office.share_phone("P", 1, &[BANK, BANK]).await;
        office.sort(DAY).await;
        office.at(&format!("{DAY} 09:00"));
        let case_id = office.cases().await[0].id;
        let client = office.client().await;
        let desk = Self { office, client, case_id };
        desk.give("B1").await;
        desk.start("B1").await;
        desk
    }

    /// Puts the case on the desk of `staff`, as if it had been distributed just now.
    pub async fn give(&self, staff: &str) {
        let now = zhenshi::clock::Clock::now(self.office.service.clock.as_ref());
        sqlx::query(
            "UPDATE case_file SET state = 3, assignee = $2, assigned_time = $3, channel_received_time = $3 WHERE id = $1",
        )
        .bind(self.case_id)
        .bind(staff)
        .bind(now)
        .execute(&self.office.admin)
        .await
        .unwrap();
    }

    /// `staff` begins to investigate.
    pub async fn start(&self, staff: &str) {
        let message = proto::StartInvestigationRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            language_code: "en".into(),
        };
        self.client.clone().start_investigation(self.office.by(staff, message)).await.unwrap();
    }

    pub fn id(&self) -> String {
        self.case_id.to_string()
    }

    /// The version of the case.
    pub async fn etag(&self) -> String {
        let sql = "SELECT version FROM case_file WHERE id = $1";
        let version: i64 =
            sqlx::query_scalar(sql).bind(self.case_id).fetch_one(&self.office.admin).await.unwrap();
        version.to_string()
    }

    /// Its state as it is stored.
    pub async fn state(&self) -> i16 {
        let sql = "SELECT state FROM case_file WHERE id = $1";
        sqlx::query_scalar(sql).bind(self.case_id).fetch_one(&self.office.admin).await.unwrap()
    }

    /// Kinds of the newest `count` entries of the timeline, oldest first.
    pub async fn newest(&self, count: usize) -> Vec<i16> {
        let mut kinds = self.office.timeline(self.case_id).await;
        kinds.split_off(kinds.len() - count)
    }

    /// Staff codes of who have handled it.
    pub async fn handlers(&self) -> Vec<String> {
        let sql = "SELECT staff_code FROM case_handler WHERE case_id = $1 ORDER BY staff_code";
        sqlx::query_scalar(sql).bind(self.case_id).fetch_all(&self.office.admin).await.unwrap()
    }

    /// How many audit entries of this action are about the case, or what hangs on it.
    pub async fn audited(&self, action: &str) -> i64 {
        let sql = "SELECT count(*) FROM audit_pending WHERE $1 = ANY(subject_ids) AND action = $2";
        let query = sqlx::query_scalar(sql).bind(self.case_id).bind(action);
        query.fetch_one(&self.office.admin).await.unwrap()
    }

    /// How many there are, of one case.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).bind(self.case_id).fetch_one(&self.office.admin).await.unwrap()
    }
}

/// The one value of a failure's metadata.
pub fn told(status: &Status, name: &str) -> String {
    status.get_details_error_info().unwrap().metadata.get(name).cloned().unwrap_or_default()
}

/// Tables in which one of `marks` stands in clear: as text, or as the bytes of one.
pub async fn in_clear(admin: &PgPool, marks: &[&str]) -> Vec<String> {
    let tables = sqlx::query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        .fetch_all(admin)
        .await
        .unwrap();
    assert!(tables.len() > 20, "there are tables to look at");
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        for mark in marks {
            let bytes = hexadecimal(mark.as_bytes());
            let sql = format!(
                "SELECT count(*) FROM \"{table}\" AS t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%'"
            );
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(*mark)
                .bind(bytes)
                .fetch_one(admin)
                .await
                .unwrap();
            if count > 0 {
                found.push(format!("{mark} in {table}"));
            }
        }
    }
    found
}
