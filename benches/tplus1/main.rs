//! `./dev bench tplus1`: the suspicion list over a book of one and of ten million contacts.
//!
//! Three questions. Does a book ten times as large make the day's list slower? How much of a full `GROUP BY` is the finding
//! query? And the first list of all, with every key pending: does it name the members that one plain SQL query names, and
//! in how much of its time? `benches/README.md` says how to read the figures.
//!
//! To add a line, add a field to [`figures::Figures`]. One file a thing: [`book`] (databases with their books), [`list`] (what
//! is measured), [`figures`] (medians, JSON).

mod book;
mod figures;
mod list;

use std::process::ExitCode;

use anyhow::Context as _;

use crate::{
    book::Book,
    figures::Figures,
    list::{finding, first_full_list, full_group_by, whole_list},
};

/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Contacts of the smaller book; the larger one has ten times as many.
const SMALLER_BOOK: u64 = 1_000_000;
/// Applications of the day.
const NEW_APPLICATIONS: u64 = 20_000;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let socket = std::env::var("ZHENSHI_BENCH_SOCKET").context("run ./dev bench tplus1")?;
    let smaller = match std::env::var("ZHENSHI_BENCH_CONTACTS") {
        Ok(text) => text.parse().context("ZHENSHI_BENCH_CONTACTS is not a number")?,
        Err(_) => SMALLER_BOOK,
    };
    let mut figures = Figures::default();
    let small = Book::make(&socket, "smaller", smaller, NEW_APPLICATIONS).await?;
    let large = Book::make(&socket, "larger", smaller * 10, NEW_APPLICATIONS).await?;
    figures.cold = [whole_list(&small).await?.seconds, whole_list(&large).await?.seconds];
    for round in 1..=ROUNDS {
        // Every second round backwards: what the machine does meanwhile meets both alike.
        for turn in 0..2 {
            let is_large = (turn + round) % 2 == 0;
            let run = whole_list(if is_large { &large } else { &small }).await?;
            eprintln!(
                "round {round}, {} book: list {:.2} s",
                if is_large { "larger" } else { "smaller" },
                run.seconds
            );
            figures.whole(is_large, run);
        }
        let (finding, taking) = finding(&large).await?;
        figures.finding.push(finding);
        figures.taking.push(taking);
        figures.group_by.push(full_group_by(&large, true).await?);
        figures.say_queries(round);
    }
    figures.group_by_as_set = full_group_by(&large, false).await?;
    figures.first = Some(first_full_list(&large).await?);
    Ok(figures.report())
}
