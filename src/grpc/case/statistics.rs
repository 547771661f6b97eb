//! The statistics on the wire.

use zhenshi_domain::application::Channel;
use zhenshi_proto::zhenshi::v1 as proto;

use super::shared::Incoming;
use crate::{
    app::{CaseFigures, Dimension, Statistics},
    grpc::convert::enums::number,
    security::principal::ALL_CHANNELS,
};

/// What to split by; nothing if it is not given.
pub(super) fn dimension(incoming: &mut Incoming, sent: i32) -> Dimension {
    match proto::StatisticsDimension::try_from(sent) {
        Ok(proto::StatisticsDimension::Unspecified) => Dimension::Whole,
        Ok(proto::StatisticsDimension::Channel) => Dimension::Channel,
        Ok(proto::StatisticsDimension::Branch) => Dimension::Branch,
        Ok(proto::StatisticsDimension::Clerk) => Dimension::Clerk,
        Ok(proto::StatisticsDimension::Seller) => Dimension::Seller,
        Err(_) => {
            incoming.wrong("dimension", "violation-enum");
            Dimension::Whole
        }
    }
}

/// The whole answer.
pub(super) fn answer(found: &Statistics, dimension: Dimension) -> proto::GetCaseStatisticsResponse {
    let precisions = found.precisions.iter().map(|of| proto::CluePrecision {
        clue: number::<proto::Clue>(of.clue),
        closed: of.closed,
        right: of.right,
        mistaken: of.mistaken,
        precision: ratio(of.right, of.closed + of.mistaken),
    });
    proto::GetCaseStatisticsResponse {
        rows: found.rows.iter().map(|row| figures(row, dimension)).collect(),
        total: Some(figures(&found.total, Dimension::Whole)),
        clue_precisions: precisions.collect(),
    }
}

fn figures(row: &CaseFigures, dimension: Dimension) -> proto::CaseStatistics {
    let outcomes = row.outcomes().into_iter().filter(|(_, count)| *count > 0);
    proto::CaseStatistics {
        key: key(row, dimension),
        created: row.created,
        open: row.open,
        closed: row.closed,
        withdrawn: row.withdrawn,
        on_time: row.on_time,
        late: row.late,
        extended: row.extended,
        overdue: row.overdue,
        opened_overdue: row.opened_overdue,
        returned: row.returned,
        on_time_rate: ratio(row.on_time, row.on_time + row.late + row.extended),
        outcomes: outcomes
            .map(|(outcome, count)| proto::CaseOutcomeCount {
                outcome: number::<proto::CaseOutcome>(outcome),
                count,
            })
            .collect(),
        distributed: row.distributed(),
        merged: row.merged,
        sorting: row.sorting,
        held: row.held,
    }
}

/// A channel goes by the name of its value.
fn key(row: &CaseFigures, dimension: Dimension) -> String {
    if dimension != Dimension::Channel {
        return row.key.clone();
    }
    let wire = |channel: Channel| number::<proto::Channel>(channel);
    let known = ALL_CHANNELS.into_iter().map(wire).find(|number| number.to_string() == row.key);
    let channel = known.and_then(|number| proto::Channel::try_from(number).ok());
    channel.unwrap_or_default().as_str_name().to_owned()
}

/// Counts of cases are far below the numbers that a double cannot hold.
#[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^53")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
