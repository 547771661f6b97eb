//! Errors of the lists and of the directory: days without a list, a list that is still written, a file that is none, and
//! a token that may not.

use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{super::plant::MARKS, Scene};

impl Scene {
    /// Drives them with values in every text that they take.
    pub async fn errors_of_the_lists(&self) {
        let driver = self.driver().await;
        let token = Some(self.token.as_str());
        let run = "/zhenshi.v1.SuspicionService/RunSuspicionList";
        // A day that is to come, and a Sunday.
        for (year, month, day) in [(2999, 1, 2), (2026, 11, 22)] {
            let list_date = Some(Date { year, month, day });
            let message = proto::RunSuspicionListRequest { list_date };
            driver.call(run, token, vec![message.encode_to_vec()]).await.unwrap_err();
        }
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        admin
            .execute(
                "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
                     calendar_version, provisional, closed_time)
                 VALUES (gen_random_uuid(), 2, '2020-01-02', '2020-01-02', 'epoch', 1, 'x', 'x', false, '2020-01-02')",
            )
            .await
            .unwrap();
        let unsealed = proto::ListSuspicionsRequest {
            list_date: Some(Date { year: 2020, month: 1, day: 2 }),
            kind: proto::SuspicionListKind::SelfInspection.into(),
            branch_code: MARKS[0].into(),
            ..proto::ListSuspicionsRequest::default()
        };
        let list = "/zhenshi.v1.SuspicionService/ListSuspicions";
        driver.call(list, token, vec![unsealed.encode_to_vec()]).await.unwrap_err();
        admin.execute("DELETE FROM suspicion_list WHERE list_date = '2020-01-02'").await.unwrap();
        // And now that it is gone.
        driver.call(list, token, vec![unsealed.encode_to_vec()]).await.unwrap_err();

        let content = MARKS.join(",").into_bytes();
        let header = proto::ImportDirectoryHeader {
            kind: proto::DirectoryKind::Sellers.into(),
            size_bytes: i64::try_from(content.len()).unwrap(),
            ..proto::ImportDirectoryHeader::default()
        };
        let part = |part| proto::ImportDirectoryRequest { part: Some(part) }.encode_to_vec();
        let file = vec![
            part(proto::import_directory_request::Part::Header(header)),
            part(proto::import_directory_request::Part::Chunk(content)),
        ];
        let import = "/zhenshi.v1.DirectoryService/ImportDirectory";
        driver.call(import, token, file.clone()).await.unwrap_err();
        let narrow = ["token", "create", "--name", "bank", "--source", "bank", "--channel", "bancassurance"];
        let bank = self.place.output(&narrow);
        driver.call(import, Some(&bank), file).await.unwrap_err();
        let notice = proto::ImportHolidayNoticeRequest {
            request_id: uuid::Uuid::from_u128(9_050).to_string(),
            content: format!(
                r#"{{"year": 2027, "papers": ["{}"], "days": [{{"name": "{}", "date": "2027-01-01", "isOffDay": true}}]}}"#,
                MARKS[0], MARKS[1]
            ),
            ..proto::ImportHolidayNoticeRequest::default()
        };
        let notices = "/zhenshi.v1.CalendarService/ImportHolidayNotice";
        driver.call(notices, Some(&bank), vec![notice.encode_to_vec()]).await.unwrap_err();
        let again = proto::RedeliverEventsRequest {
            request_id: uuid::Uuid::from_u128(9_051).to_string(),
            endpoint: MARKS[0].into(),
            every_dead_letter: true,
            ..proto::RedeliverEventsRequest::default()
        };
        let events = "/zhenshi.v1.EventService/RedeliverEvents";
        driver.call(events, token, vec![again.encode_to_vec()]).await.unwrap_err();
    }
}
