//! Tools that write a file for each attempt: the files of one folder are those of one run.

use std::sync::Arc;

use lanescope_model::{Issue, Severity, thousands};

use super::merge::{self, Beside};
use crate::{Format, Joined, More, Part, Rule, Source, label};

/// Sources of which each is of a whole session, and which of those given each is made of.
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    pub(super) members: Vec<Vec<usize>>,
}

impl Gathered {
    /// Says of runs of the gathered sources what they are made of in the words of those given.
    pub(super) fn spread(&self, mut runs: Vec<Joined>) -> Vec<Joined> {
        for run in &mut runs {
            let of = |i: usize| self.members.get(i).map_or(&[][..], Vec::as_slice);
            let files: usize = run.sources.iter().map(|&i| of(i).len()).filter(|&n| n > 1).sum();
            if files > 1 {
                let files = thousands(files as u64);
                let text = format!("joined from {files} files: the tool writes a file for each attempt into a folder");
                run.notes.insert(0, Issue::new(Severity::Info, text.as_str()));
                run.rules.insert(0, (Rule::Folder, text));
            }
            run.sources = run.sources.iter().flat_map(|&i| of(i)).copied().collect();
            let same = |part: &Part, &source: &usize| Part { source, ..part.clone() };
            run.parts = run.parts.iter().flat_map(|part| of(part.source).iter().map(|i| same(part, i))).collect();
        }
        runs
    }
}

fn is_part(source: &Source) -> bool {
    source.format == Format::More(More::AllureResults)
}

/// Puts the files of a folder together; `None` where there is nothing to put together.
pub(super) fn gather(sources: &[Source]) -> Option<Gathered> {
    if sources.iter().filter(|source| is_part(source)).count() < 2 {
        return None;
    }
    let mut members: Vec<Vec<usize>> = Vec::new();
    // By folder: the place of its group.
    let mut folders: hashbrown::HashMap<&str, usize, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    for (i, source) in sources.iter().enumerate() {
        let known = is_part(source).then(|| *folders.entry(label::folder(&source.path)).or_insert(members.len()));
        match known.and_then(|at| members.get_mut(at)) {
            Some(group) => group.push(i),
            None => members.push(vec![i]),
        }
    }
    let sources = members.iter().filter_map(|group| together(sources, group)).collect();
    Some(Gathered { sources, members })
}

fn together(sources: &[Source], group: &[usize]) -> Option<Source> {
    let first = sources.get(*group.first()?)?;
    if group.len() == 1 {
        return Some(first.clone());
    }
    // Workers of one name are one worker: these files are of one machine.
    let parts: Vec<Beside<'_>> = group
        .iter()
        .filter_map(|&i| sources.get(i))
        .map(|source| Beside { run: &source.run, group: None, workers: None, shift_us: 0 })
        .collect();
    let mut run = merge::beside(&parts);
    let folder = label::folder(&first.path);
    // A folder of results is named after what is in it; the folder around it says more.
    let mut names = folder.rsplit(['/', '!']).filter(|name| !name.is_empty() && *name != "." && *name != "..");
    let kind = ["allure-results", "results", "allure"];
    let name = names.clone().find(|name| !kind.contains(name)).or_else(|| names.next());
    run.meta.label = name.map_or_else(|| "allure".to_owned(), str::to_owned);
    run.meta.id = label::id(&run, 0);
    let naive_clock = group.iter().filter_map(|&i| sources.get(i)).any(|source| source.naive_clock);
    Some(Source { path: first.path.clone(), format: first.format, naive_clock, shard: None, run: Arc::new(run) })
}
