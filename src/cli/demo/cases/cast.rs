//! Which of the story's cases plays which scene: real cases of the lists that fit, the first ones found.

use std::collections::{BTreeMap, BTreeSet};

use zhenshi_domain::application::ApplicationKey;

use super::{super::days::StoryDays, letters::Letters, office::Office, scene::Scene};
use crate::{
    gendata::story::Story,
    grpc::client::cases::{SeenCase, StaffClient},
};

/// Cases that are looked at by themselves for each scene, at most: the story plants more than enough.
const MOST_LOOKED_AT: usize = 120;

/// The scenes, those that few cases fit before the others.
const CHOOSIEST_FIRST: [Scene; 8] = [
    Scene::Late,
    Scene::Across,
    Scene::Corrected,
    Scene::Unreachable,
    Scene::Withdrawn,
    Scene::Cleared,
    Scene::Returned,
    Scene::ConfirmedFalse,
];

/// A case with a scene to play.
pub(super) struct Player {
    /// As it was when it was chosen.
    pub(super) case: SeenCase,
    /// Of a correction: the application that is corrected, and the telephone that it gives up.
    pub(super) correction: Option<(String, String)>,
}

/// Who plays what.
pub(super) struct Cast {
    pub(super) players: BTreeMap<Scene, Player>,
    pub(super) letters: Letters,
}

impl Cast {
    /// Chooses among the cases that clerks were given and have not begun.
    pub(super) async fn choose(
        desk: &StaffClient,
        office: &Office,
        days: &StoryDays,
        story: &Story,
    ) -> anyhow::Result<Self> {
        let first = days.lists()[0];
        let fit = |case: &SeenCase| {
            case.state == "ASSIGNED" && case.clues == ["SAME_PHONE"] && office.is_clerk(&case.assignee)
        };
        let (mut early, mut later) = (0, 0);
        let mut candidates = Vec::new();
        for case in desk.open_cases(None).await?.into_iter().filter(fit) {
            let looked_at = if case.list_date == Some(first) { &mut early } else { &mut later };
            *looked_at += 1;
            if *looked_at <= MOST_LOOKED_AT {
                candidates.push(desk.case(&case.case_id).await?);
            }
        }
        let numbers: BTreeSet<String> = candidates
            .iter()
            .filter_map(pair)
            .flat_map(|[one, other]| [one.application_no, other.application_no])
            .collect();
        let letters = Letters::of(story, &numbers)?;
        let mut cast = Self { players: BTreeMap::new(), letters };
        for case in candidates {
            cast.offer(case, office, days);
        }
        Ok(cast)
    }

    /// Gives `case` the first scene that it fits and nobody plays. The choosiest are asked first.
    fn offer(&mut self, case: SeenCase, office: &Office, days: &StoryDays) {
        let one_channel = case.members.iter().all(|member| member.channel == case.channel);
        let pair = pair(&case);
        let correction = pair.as_ref().and_then(|[one, other]| {
            let (one, other) = (&one.application_no, &other.application_no);
            self.letters.shared_phone(one, other).map(|phone| (other.clone(), phone))
        });
        let [first, .., fourth, last] = days.lists();
        let of_today = case.list_date == Some(last) || case.list_date == Some(fourth);
        let assisted = !case.assists.is_empty() && case.assists.iter().all(|one| office.is_clerk(&one.1));
        let fits = |scene: Scene| match scene {
            Scene::Late => one_channel && case.list_date == Some(first),
            // Of the first list even an assist is late when work begins.
            _ if case.list_date == Some(first) => false,
            Scene::Across => !one_channel && assisted,
            Scene::Corrected => one_channel && correction.is_some(),
            Scene::Withdrawn => one_channel && pair.is_some(),
            Scene::Unreachable => one_channel && of_today,
            Scene::Cleared | Scene::Returned | Scene::ConfirmedFalse => one_channel,
        };
        let free =
            CHOOSIEST_FIRST.into_iter().find(|scene| !self.players.contains_key(scene) && fits(*scene));
        if let Some(scene) = free {
            let correction = correction.filter(|_| scene == Scene::Corrected);
            self.players.insert(scene, Player { case, correction });
        }
    }

    /// Whether a case has a scene to play.
    pub(super) fn has(&self, case_id: &str) -> bool {
        self.players.values().any(|player| player.case.case_id == case_id)
    }
}

/// The applications of a case of two customers who have one each.
pub(super) fn pair(case: &SeenCase) -> Option<[ApplicationKey; 2]> {
    // Whoever insures himself stands in his application twice.
    let mut found: Vec<(&str, &ApplicationKey)> = Vec::new();
    for member in &case.members {
        let one = (member.customer_id.as_str(), member.application.as_ref()?);
        if !found.contains(&one) {
            found.push(one);
        }
    }
    let [(one, first), (other, second)] = found.as_slice() else { return None };
    (one != other && first != second).then(|| [(*first).clone(), (*second).clone()])
}
