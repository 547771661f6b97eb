//! A whole story, read back.

use std::collections::BTreeMap;

use super::*;

fn options(folder: &std::path::Path, seed: u64) -> StoryOptions {
    let day = |text: &str| text.parse().unwrap();
    let days = ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-23", "2026-11-24"].map(day);
    StoryOptions { seed, first: 2_000, later: 200, times: 20, days, folder: folder.to_owned() }
}

fn text(story: &Story) -> String {
    let parts = || story.days.iter().flat_map(|day| &day.parts);
    parts()
        .flat_map(|part| [&part.applications, &part.truth])
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn one_seed_gives_one_story() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [one, again, other] = [(0, 1), (1, 1), (2, 2)]
        .map(|(place, seed): (usize, u64)| Story::write(&options(folders[place].path(), seed)).unwrap());
    assert!(text(&one) == text(&again) && one.lists == again.lists);
    assert!(text(&one) != text(&other) && one.lists != other.lists);
}

#[test]
fn every_clue_stands_in_every_list_and_often_enough_in_all() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::write(&options(folder.path(), 1)).unwrap();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for list in &story.lists {
        let clues: BTreeSet<&str> = list.iter().map(|suspicion| suspicion.clue).collect();
        assert_eq!(clues.len(), 5, "{clues:?}");
        for suspicion in list {
            *counts.entry(suspicion.clue).or_default() += 1;
            assert!(!suspicion.members.is_empty());
        }
    }
    assert_eq!(counts.len(), 5, "{counts:?}");
    assert!(counts.values().all(|count| *count >= 20), "{counts:?}");
    assert!(story.cases.values().all(|planted| *planted == 20) && story.cases.len() == cases::CASES.len());
    assert_eq!(story.excuses.len(), cases::CASES.iter().filter(|case| case.excuse).count());
}

#[test]
fn the_files_hold_as_many_applications_as_their_parts_say() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::write(&options(folder.path(), 3)).unwrap();
    for part in story.days.iter().flat_map(|day| &day.parts) {
        let lines = std::fs::read_to_string(&part.applications).unwrap().lines().count();
        assert_eq!(lines as u64, part.count);
    }
}
