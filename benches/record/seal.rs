//! `./dev bench seal`: what sealing and fingerprints cost. The same use case with and without them, alternating, on fresh
//! copies of one database.
//!
//! *Without* leaves out encryption, the wrapping of keys, the rows of `sealed` and every HMAC: its items were made before the
//! clock ran. So the cost that is told is that of the rows too, and rather too high than too low.

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, bail};
use tokio::task::JoinSet;
use zhenshi::{
    app::{App, prepare::prepare, validate_application::judge_only},
    security::principal::Principal,
    store::record::{Item, Outcome},
};
use zhenshi_domain::application::Application;

use crate::{database::figures, ours::Ours};

/// Rounds of each side; odd in number, for the median.
const ROUNDS: usize = 5;
/// Callers.
const CALLERS: [usize; 2] = [32, 256];
/// Sealing and fingerprints may cost this share of the throughput.
const PROMISE: f64 = 0.20;

/// Runs both sides and prints a line for each number of callers; says whether the promise is kept.
pub(crate) async fn run(ours: &Ours) -> anyhow::Result<bool> {
    let mut kept = true;
    for callers in CALLERS {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Every second round the other way round: what the machine does meanwhile meets both sides alike.
            for side in [round % 2 == 0, round % 2 != 0] {
                let per_second = if side {
                    ours.run(callers, true).await?.per_second
                } else {
                    bare(ours, callers).await?
                };
                eprintln!("round {}, {callers} callers, sealing {side}: {per_second:.0}/s", round + 1);
                if side { &mut with } else { &mut without }.push(per_second);
            }
        }
        let mut costs: Vec<f64> =
            with.iter().zip(&without).map(|(with, without)| 1.0 - with / without).collect();
        costs.sort_by(f64::total_cmp);
        let cost = costs.get(ROUNDS / 2).copied().context("no round")?;
        kept &= cost <= PROMISE;
        println!(
            "{}",
            serde_json::json!({
                "name": format!("seal_{callers}"),
                "callers": callers,
                "with_per_second": median(&mut with),
                "without_per_second": median(&mut without),
                "cost": cost,
                "cost_of_rounds": costs,
                "promise": PROMISE,
                "kept": cost <= PROMISE,
            })
        );
    }
    Ok(kept)
}

fn median(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Submissions a second without sealing and fingerprints.
async fn bare(ours: &Ours, callers: usize) -> anyhow::Result<f64> {
    let (copy, service) = ours.open().await?;
    let app = service.app().clone();
    let mut shares: Vec<Vec<(Application, Arc<Item>)>> = (0..callers).map(|_| Vec::new()).collect();
    let all = ours.submitted(&app, usize::MAX)?;
    let count = all.len();
    for (place, submitted) in all.into_iter().enumerate() {
        let application = submitted.application.clone();
        let decision = judge_only(&app, ours.principal(), &application)?;
        let mut item = prepare(&app, ours.principal(), submitted, decision);
        item.parts.clear();
        shares[place % callers].push((application, Arc::new(item)));
    }
    let begun = Instant::now();
    let mut calling: JoinSet<anyhow::Result<()>> = JoinSet::new();
    for share in shares {
        let (app, principal) = (app.clone(), ours.principal().clone());
        calling.spawn(async move { call(&app, &principal, share).await });
    }
    while let Some(ended) = calling.join_next().await {
        ended??;
    }
    let seconds = begun.elapsed().as_secs_f64();
    drop(app);
    ours.close(copy, service).await?;
    Ok(figures(count) / seconds)
}

async fn call(app: &App, principal: &Principal, share: Vec<(Application, Arc<Item>)>) -> anyhow::Result<()> {
    for (application, item) in share {
        // Judged all the same: only the verdict of before is what is recorded.
        judge_only(app, principal, &application)?;
        match app.recorder.record(item).await? {
            Outcome::Recorded(_) => {}
            Outcome::Replayed(_) | Outcome::Reused => bail!("a request id was used twice"),
        }
    }
    Ok(())
}
