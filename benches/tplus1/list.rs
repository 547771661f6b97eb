//! What is measured: the whole list as the job makes it, the finding query alone, and what they are compared with.

use std::{fs, sync::Arc, time::Instant};

use anyhow::{Context as _, bail};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use uuid::Uuid;
use zhenshi::{
    clock::{Clock as _, SystemClock},
    entropy::SystemEntropy,
    store::list::{Chunk, CloseList, Sealed},
};
use zhenshi_domain::{profile::Profile, suspicion::schedule::cut};

use crate::book::{Book, LIST_DATE};

/// The finding query, as the job runs it.
const FIND: &str = include_str!("../../src/store/list/find.sql");
/// What takes the keys away, as the job runs it.
const TAKE: &str = include_str!("../../src/store/list/take.sql");
/// Memory of the queries that the lists are compared with: enough to sort and to hash without the disk.
const RIVAL_MEMORY: &str = "SET work_mem = '1GB'";
/// Workers of the first full list: as many as the machine has processors.
const WORKERS: usize = 2;

/// One list.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    pub(crate) suspicions: i64,
    /// Bytes by which the process grew.
    pub(crate) grown: u64,
}

/// The first full list beside the oracle.
#[derive(Debug, Clone)]
pub(crate) struct First {
    pub(crate) list_seconds: f64,
    pub(crate) oracle_seconds: f64,
    pub(crate) members: usize,
    pub(crate) identical: bool,
}

/// Makes the day's list: closed, written, sealed.
pub(crate) async fn whole_list(book: &Book) -> anyhow::Result<Run> {
    book.reset(Book::DAY).await?;
    make_list(book, 1).await
}

async fn make_list(book: &Book, workers: usize) -> anyhow::Result<Run> {
    let before = resident()?;
    let entropy = Arc::new(SystemEntropy::default());
    let now = || SystemClock.now();
    let begun = Instant::now();
    let close = CloseList {
        list_date: LIST_DATE,
        cut_time: cut(LIST_DATE),
        rule_set_version: "bench".into(),
        calendar_version: "bench".into(),
        provisional: false,
        closed_time: now(),
    };
    book.store.close_list(close, entropy.clone()).await?;
    let list = book.store.oldest_open_list().await?.context("no list was closed")?;
    book.store.plan_list(&list, now()).await?;
    let profile = Arc::new(Profile::default());
    let work = (0..workers).map(|_| {
        let (store, list, profile) = (book.store.clone(), list.clone(), Arc::clone(&profile));
        tokio::spawn(async move {
            while store.write_chunk(&list, Arc::clone(&profile), true, SystemClock.now()).await?
                != Chunk::NoneLeft
            {}
            anyhow::Ok(())
        })
    });
    for worker in work.collect::<Vec<_>>() {
        worker.await??;
    }
    if book.store.seal_list(&list, now(), entropy).await? != Sealed::Now {
        bail!("the list was not sealed");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let grown = resident()?.saturating_sub(before);
    let mut connection = book.admin.open().await?;
    let suspicions = sqlx::query_scalar("SELECT count(*) FROM suspicion").fetch_one(&mut connection).await?;
    Ok(Run { seconds, suspicions, grown })
}

/// Seconds of the finding query over all of the day's keys, and of taking the keys away afterwards; all is undone.
pub(crate) async fn finding(book: &Book) -> anyhow::Result<(f64, f64)> {
    book.reset(Book::DAY).await?;
    let mut connection = book.admin.open().await?;
    // As on every connection of the service (`src/store/pool.rs`).
    for setting in ["SET plan_cache_mode = force_generic_plan", "SET jit = off"] {
        sqlx::query(setting).execute(&mut connection).await?;
    }
    let mut tx = connection.begin().await?;
    let mut seconds = [0.0; 2];
    for (sql, seconds) in [FIND, TAKE].into_iter().zip(&mut seconds) {
        let begun = Instant::now();
        for clue in 1i16..=5 {
            sqlx::query(sql)
                .bind(1i16)
                .bind(clue)
                .bind(Uuid::nil())
                .bind(Uuid::max())
                .bind(cut(LIST_DATE))
                .bind(false)
                .fetch_all(&mut *tx)
                .await?;
        }
        *seconds = begun.elapsed().as_secs_f64();
    }
    tx.rollback().await?;
    Ok((seconds[0], seconds[1]))
}

/// Seconds of the same question asked of the whole book; with the server's own settings, or with memory enough.
pub(crate) async fn full_group_by(book: &Book, with_memory: bool) -> anyhow::Result<f64> {
    let mut connection = book.admin.open().await?;
    let memory = if with_memory { RIVAL_MEMORY } else { "SELECT 1" };
    sqlx::query(memory).execute(&mut connection).await?;
    let begun = Instant::now();
    sqlx::query(
        "SELECT epoch, clue, fingerprint FROM contact_use
         WHERE recorded_time < $1 AND (ended_time IS NULL OR ended_time >= $1)
         GROUP BY epoch, clue, fingerprint HAVING count(DISTINCT customer_id) >= 2",
    )
    .bind(cut(LIST_DATE))
    .fetch_all(&mut connection)
    .await?;
    Ok(begun.elapsed().as_secs_f64())
}

/// The list of a book that was never listed, beside one plain query over the same tables.
pub(crate) async fn first_full_list(book: &Book) -> anyhow::Result<First> {
    book.reset(Book::ALL).await?;
    book.admin.run("UPDATE list_gate SET closed_until = 'epoch'").await?;
    let run = make_list(book, WORKERS).await?;
    let mut connection = book.admin.open().await?;
    let ours = members(
        &mut connection,
        // The oracle names values by their clue key; an identity conflict is of key 3, one person twice of key 4.
        "SELECT value.clue, value.fingerprint, member.application_id, member.party_no, member.purpose
         FROM suspicion JOIN suspicion_member AS member ON member.suspicion_id = suspicion.id
         JOIN clue_value AS value ON value.id = suspicion.clue_value_id
         WHERE member.customer_id IS NOT NULL AND $1::timestamptz IS NOT NULL
         ORDER BY 1, 2, 3, 4, 5",
    )
    .await?;
    sqlx::query(RIVAL_MEMORY).execute(&mut connection).await?;
    eprintln!("first list {:.1} s; asking the oracle", run.seconds);
    let begun = Instant::now();
    let theirs = members(&mut connection, include_str!("oracle.sql")).await?;
    Ok(First {
        list_seconds: run.seconds,
        oracle_seconds: begun.elapsed().as_secs_f64(),
        members: ours.len(),
        identical: ours == theirs,
    })
}

type Member = (i16, Uuid, Uuid, i16, i16);

async fn members(connection: &mut sqlx::PgConnection, sql: &str) -> anyhow::Result<Vec<Member>> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(cut(LIST_DATE)).fetch_all(connection).await?;
    let member = |row: &sqlx::postgres::PgRow| {
        Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?))
    };
    rows.iter().map(member).collect()
}

/// Resident bytes of this process.
fn resident() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kib * 1024)
}
