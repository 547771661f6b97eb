//! The cases of the story: distributed, worked on for three working days under the moved clock by everybody of the demo's office,
//! through the API, and shown as a board beside what was planted.

mod board;
mod cast;
mod letters;
mod office;
mod papers;
mod scene;
mod usual;

use std::sync::Arc;

use anyhow::Context as _;
pub use board::Board;
pub use office::{Door, Office};
use tokio::time::Instant;
use uuid::Uuid;
use zhenshi_domain::{
    case::evidence::{ContactMeans, ContactResult},
    policy::PolicyEventKind,
};

use self::{
    cast::{Cast, Player, pair},
    papers::prove_and_submit,
    scene::{SCRIPT, Step},
};
use super::{
    days::StoryDays,
    stage::{LIST_HOUR, Stage, at_hour, say},
};
use crate::{
    app::{App, run_suspicion_list::run},
    entropy::SharedEntropy,
    gendata::story::Story,
    ids, worker,
    worker::Next,
};

/// Hours of a working day, in Asia/Shanghai, at which something is done: a morning, an afternoon, an evening.
pub(super) const HOURS: [i64; 3] = [10, 14, 19];
/// Hour at which sorting ends and work begins.
const RELEASE_HOUR: i64 = 9;

/// Does at once what the service's jobs would do within seconds, and waits for it: cases of sealed lists, distribution, deadlines,
/// reminders and escalations.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn settle(app: &Arc<App>) -> anyhow::Result<()> {
    let weak = Arc::downgrade(app);
    while worker::cases::once(weak.clone()).await? == Next::AtOnce {}
    while worker::distribution::once(weak.clone()).await? == Next::AtOnce {}
    while worker::timers::once(&weak).await? == Next::AtOnce {}
    Ok(())
}

/// Plays the working days that begin with the last list, and reads the board.
///
/// # Errors
/// When a call that must succeed is refused, or the service cannot be reached.
pub async fn play_cases(
    stage: &Stage<'_>,
    office: &Office,
    days: &StoryDays,
    story: &Story,
    entropy: &SharedEntropy,
) -> anyhow::Result<Board> {
    let begun = Instant::now();
    let desk = office.by("CS-1")?;
    let mut cast: Option<Cast> = None;
    for (number, day) in days.worked.into_iter().enumerate() {
        if number > 0 {
            stage.clock.move_to(at_hour(day, LIST_HOUR));
            run(stage.app, stage.principal, Some(day)).await?;
            settle(stage.app).await?;
        }
        stage.clock.move_to(at_hour(day, RELEASE_HOUR));
        settle(stage.app).await?;
        say(stage, "cases are distributed, and worked on");
        if cast.is_none() {
            cast = Some(Cast::choose(desk, office, days, story).await?);
        }
        let Some(cast) = &cast else { continue };
        let play = Play { stage, office, cast, entropy };
        for (place, hour) in HOURS.into_iter().enumerate() {
            stage.clock.move_to(at_hour(day, hour));
            settle(stage.app).await?;
            play.hour((number, place)).await?;
        }
    }
    let cast = cast.context("no day was played")?;
    usual::leave(office, &cast).await?;
    let board = Board::read(desk, office, &cast, &days.worked).await?;
    Ok(Board { seconds: begun.elapsed().as_secs_f64(), ..board })
}

/// The working days under way.
struct Play<'a> {
    stage: &'a Stage<'a>,
    office: &'a Office,
    cast: &'a Cast,
    entropy: &'a SharedEntropy,
}

impl Play<'_> {
    /// What happens at an hour of a day: the planted steps, then the usual work.
    async fn hour(&self, at: (usize, usize)) -> anyhow::Result<()> {
        for (_, scene, step) in SCRIPT.iter().filter(|(when, ..)| *when == at) {
            if let Some(player) = self.cast.players.get(scene) {
                let done = self.act(player, *step).await;
                done.with_context(|| format!("{} ({step:?})", scene.name()))?;
            }
        }
        match at.1 {
            0 => usual::begin(self.office, self.cast).await,
            1 => usual::finish(self.office, self.cast).await,
            _ => usual::verify(self.office, self.cast).await,
        }
    }

    async fn act(&self, player: &Player, step: Step) -> anyhow::Result<()> {
        let desk = self.office.by("CS-1")?;
        let case = desk.case(&player.case.case_id).await?;
        let clerk = || self.office.by(&case.assignee);
        match step {
            Step::Start => {
                let case = clerk()?.start(&case).await?;
                clerk()?.comment(&case, "演示：开始排查").await?;
            }
            Step::Submit(outcome) => {
                prove_and_submit(clerk()?, &case, outcome).await?;
            }
            Step::Verify => {
                let case = desk.verify(&case).await?;
                if case.state == "SUBMITTED" {
                    self.office.by("CO-1")?.verify(&case).await?;
                }
            }
            Step::Return => {
                desk.give_back(&case, "演示：签名不清晰，请重新取得").await?;
            }
            Step::Answer => {
                for (channel, assistant, answered) in &case.assists {
                    if let (Some(channel), false) = (channel, answered) {
                        let assistant = self.office.by(assistant)?;
                        assistant.answer_assist(&case, *channel, "演示：客户确认号码为家人共用").await?;
                    }
                }
            }
            Step::CallInVain => {
                clerk()?.attempt(&case, ContactMeans::Phone, ContactResult::NoAnswer).await?;
            }
            Step::Letter => {
                clerk()?.attempt(&case, ContactMeans::Letter, ContactResult::Sent).await?;
            }
            Step::Correct => self.correct(player).await?,
            Step::Surrender => self.surrender(player).await?,
        }
        Ok(())
    }

    async fn correct(&self, player: &Player) -> anyhow::Result<()> {
        let (number, phone) = player.correction.as_ref().context("nothing to correct")?;
        let client = self.stage.client;
        self.cast.letters.correct(client, number, phone, self.mint()?).await
    }

    async fn surrender(&self, player: &Player) -> anyhow::Result<()> {
        let [_, ended] = pair(&player.case).context("no pair of policies")?;
        let now = self.stage.clock_now();
        self.stage.client.policy_event(self.mint()?, &ended, PolicyEventKind::Surrendered, now).await?;
        settle(self.stage.app).await
    }

    fn mint(&self) -> anyhow::Result<Uuid> {
        Ok(ids::mint(self.stage.clock_now(), self.entropy.as_ref())?)
    }
}
