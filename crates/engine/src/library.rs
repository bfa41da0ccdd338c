//! The loaded files, and the runs that they make.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use lanescope_analysis::{Candidate, Fingerprint, Piece, Subject, compare, find_baselines, verdict};
use lanescope_ingest::{FileReport, Grouping, Joined, Loaded, Part, Source, join_by};
use lanescope_model::order::{Keyed, by_keys, places};
use lanescope_model::{Issue, Run, Severity};
use lanescope_protocol::{FIRST_FILES, FileSummary, NO_STARTS, Overview, PartOf, RunSummary};

use crate::run_state::{RunState, SourceFile};
use crate::{convert, hints, no_run, overview, summarise};

/// What is loaded.
#[derive(Default)]
pub(crate) struct Library {
    files: Vec<File>,
    /// How the user wants files to be told apart into groups.
    grouping: Grouping,
    /// The runs, ordered by start.
    pub(crate) runs: Vec<RunState>,
    /// The runs by the hashes of their ids: the hash first, the place third.
    places: Vec<Keyed>,
}

struct File {
    report: FileReport,
    sources: Vec<Source>,
    /// What its runs make of it: messages that reading alone cannot know.
    remarks: Vec<Issue>,
    /// Number of the run that it is part of, where there is no more to say, as of nearly all files.
    plainly_of: Option<u32>,
    /// Its places in all other cases.
    part_of: Vec<PartOf>,
}

impl File {
    /// As the interface shows it; `runs` are those of the library.
    fn summary(&self, runs: &[RunState]) -> FileSummary {
        let mut summary = convert::file(&self.report, &self.remarks);
        let run = self.plainly_of.and_then(|at| runs.get(at as usize));
        let plainly = run.map(|run| convert::part_of(&run.id, &Part::default()));
        summary.part_of = plainly.into_iter().chain(self.part_of.iter().cloned()).collect();
        summary
    }

    /// Notes a place in the run that comes after `runs`, the one of this number and id.
    fn is_part(&mut self, runs: &[RunState], at: usize, id: &str, part: &Part) {
        let is_plain = part.group.is_none() && part.shard.is_none() && part.attempt.is_none();
        match (self.plainly_of, u32::try_from(at)) {
            (None, Ok(at)) if is_plain && self.part_of.is_empty() => self.plainly_of = Some(at),
            (before, _) => {
                self.plainly_of = None;
                // It may be one of many places now, whose order says which came first.
                let before = before.map(|at| runs.get(at as usize).map_or(id, |run| run.id.as_str()));
                self.part_of.extend(before.map(|id| convert::part_of(id, &Part::default())));
                self.part_of.push(convert::part_of(id, part));
            }
        }
    }
}

/// Whether two files are the same one: path, size and what was found in it.
fn is_again(a: &FileReport, sources: &[Source], other: &Loaded) -> bool {
    let b = &other.report;
    let alike = |(s, t): (&Source, &Source)| s.run.meta == t.run.meta && s.run.attempts.len() == t.run.attempts.len();
    (&a.path, a.bytes, a.format, a.tests) == (&b.path, b.bytes, b.format, b.tests)
        && sources.len() == other.sources.len()
        && sources.iter().zip(&other.sources).all(alike)
}

impl Library {
    /// Takes in files and makes the runs anew. Gives the index of the first new file.
    pub(crate) fn add(&mut self, loaded: Vec<Loaded>) -> usize {
        let path = |at: usize| loaded.get(at).map_or("", |f| &*f.report.path);
        let order = places(loaded.len(), &|a, b| path(a).cmp(path(b)));
        let new = |at: &u32| loaded.get(*at as usize);
        self.files.retain(|old| {
            let old_path = &*old.report.path;
            let rest = order.get(order.partition_point(|at| path(*at as usize) < old_path)..).unwrap_or_default();
            let mut alike = rest.iter().take_while(|at| path(**at as usize) == old_path).filter_map(new);
            !alike.any(|new| is_again(&old.report, &old.sources, new))
        });
        let new_from = self.files.len();
        // The same file twice in one opening, as from two drops of one folder.
        let mut twice = vec![false; loaded.len()];
        for alike in order.chunk_by(|a, b| path(*a as usize) == path(*b as usize)) {
            for (n, at) in alike.iter().enumerate().skip(1) {
                let mut before = alike.iter().take(n).filter_map(new);
                if let (Some(new), Some(twice)) = (new(at), twice.get_mut(*at as usize)) {
                    *twice = before.any(|old| is_again(&old.report, &old.sources, new));
                }
            }
        }
        self.files.reserve_exact(loaded.len());
        for (Loaded { report, sources, .. }, _) in loaded.into_iter().zip(twice).filter(|(_, twice)| !twice) {
            self.files.push(File { report, sources, remarks: Vec::new(), plainly_of: None, part_of: Vec::new() });
        }
        self.make_runs();
        new_from
    }

    /// Makes the runs anew by another rule.
    pub(crate) fn group_by(&mut self, grouping: Grouping) {
        self.grouping = grouping;
        self.make_runs();
    }

    /// Lets go of the files of these paths, and of what is in them, and makes the runs anew.
    pub(crate) fn forget(&mut self, paths: &[String]) {
        let is =
            |path: &str, of: &str| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'));
        self.files.retain(|file| !paths.iter().any(|of| is(&file.report.path, of)));
        self.make_runs();
    }

    fn make_runs(&mut self) {
        // The file of each source. What was predicted is the run of no recorded file, however alike they are.
        let mut of_file = Vec::new();
        let (mut recorded, mut made) = (Vec::new(), Vec::new());
        for (at, file) in self.files.iter_mut().enumerate() {
            file.remarks.clear();
            file.plainly_of = None;
            file.part_of.clear();
            for source in &file.sources {
                if source.run.meta.simulated {
                    made.push((at, Arc::clone(&source.run)));
                } else {
                    of_file.push(at);
                    recorded.push(source.clone());
                }
            }
        }
        let address = |run: &Arc<Run>| Arc::as_ptr(run) as i64;
        let mut old: Vec<Option<RunState>> = std::mem::take(&mut self.runs).into_iter().map(Some).collect();
        let kept = old.iter().flatten().enumerate();
        let mut kept: Vec<Keyed> = kept.map(|(at, state)| (address(&state.run), 0, at as u32, 0)).collect();
        by_keys(&mut kept);
        let mut limits = Vec::new();
        let mut all = join_by(&recorded, &self.grouping, &mut limits);
        drop(recorded);
        for (at, run) in made {
            let source = of_file.len();
            of_file.push(at);
            let parts = vec![Part { source, ..Part::default() }];
            all.push(Joined { run, sources: vec![source], notes: Vec::new(), rules: Vec::new(), parts });
        }
        let ids;
        (ids, self.places) = distinct(&all);
        // For each file the last run, from 1, that it was seen in.
        let mut seen_in = vec![0_usize; self.files.len()];
        self.runs.reserve_exact(all.len());
        for (number, joined) in all.into_iter().enumerate() {
            let files = joined.sources.iter().filter_map(|&s| of_file.get(s).copied());
            let mut made_of: Vec<SourceFile> = Vec::with_capacity(joined.sources.len());
            for at in files {
                if let (Some(file), Some(seen)) = (self.files.get(at), seen_in.get_mut(at))
                    && *seen <= number
                {
                    *seen = number + 1;
                    made_of.push(SourceFile::new(at, &file.report));
                }
            }
            let known = kept.binary_search_by_key(&address(&joined.run), |old| old.0).ok();
            let known = known.and_then(|at| old.get_mut(kept.get(at)?.2 as usize)?.take());
            let mut run = known.unwrap_or_else(|| RunState::new(joined.run));
            run.id = ids.get(number).cloned().unwrap_or_default();
            run.files = made_of;
            run.notes = joined.notes;
            run.rules = joined.rules.iter().map(convert::rule).collect();
            for part in &joined.parts {
                if let Some(file) = of_file.get(part.source).and_then(|&at| self.files.get_mut(at)) {
                    file.is_part(&self.runs, number, &run.id, part);
                }
            }
            self.runs.push(run);
        }
        self.find_baselines();
        self.remark();
        // Said where it is seen whatever run is shown: of the first file, or the archive that it came out of.
        let first = of_file.first().copied().unwrap_or_default();
        let archive = self.files.get(first).and_then(|file| file.report.archive.as_deref());
        let holder = archive.and_then(|of| self.files.iter().position(|file| &*file.report.path == of));
        if let Some(file) = self.files.get_mut(holder.unwrap_or(first)) {
            file.remarks.extend(limits.iter().map(|text| Issue::new(Severity::Warning, text.as_str())));
        }
    }

    fn find_baselines(&mut self) {
        let sequential = |r: &RunState| r.run.meta.sequential || r.figures.workers.value == Some(1);
        let mixed = self.runs.iter().any(sequential) && !self.runs.iter().all(sequential);
        if mixed {
            for run in &mut self.runs {
                run.fingerprint.get_or_insert_with(|| Fingerprint::of(&run.run));
            }
        }
        let none = Fingerprint::default();
        let all: Vec<Candidate<'_>> =
            self.runs.iter().map(|r| (r.run.as_ref(), &r.figures, r.fingerprint.as_ref().unwrap_or(&none))).collect();
        let bases = if mixed { find_baselines(&all) } else { vec![None; all.len()] };
        let found = |(run, base): (&Candidate<'_>, Option<usize>)| {
            base.and_then(|base| Some((base, compare(*run, *all.get(base)?))))
        };
        let found: Vec<_> = all.iter().zip(bases).map(found).collect();
        for (run, baseline) in self.runs.iter_mut().zip(found) {
            run.baseline = baseline;
        }
    }

    /// Says in the files' messages where a figure rests on something else than its name says.
    fn remark(&mut self) {
        for run in &self.runs {
            if run.figures.window_us.is_some() || run.figures.session_us.value.is_none() {
                continue;
            }
            let best = run.files.first().and_then(|f| self.files.get_mut(f.at));
            if let Some(file) = best {
                file.remarks.push(Issue::new(Severity::Info, NO_STARTS));
            }
        }
    }

    /// The figures of a run. They are not kept: of thousands of runs they would be half of what is.
    fn summary(&self, run: &RunState) -> RunSummary {
        summarise::summary(run, run.baseline.and_then(|(base, _)| self.runs.get(base)))
    }

    /// The figures of all runs.
    pub(crate) fn summaries(&self) -> Vec<RunSummary> {
        self.runs.iter().map(|run| self.summary(run)).collect()
    }

    /// All files, as the interface shows them. Each is made when it is asked for, as the figures of runs are.
    pub(crate) fn file_summaries(&self) -> impl Iterator<Item = FileSummary> {
        self.files.iter().map(|file| file.summary(&self.runs))
    }

    /// Those that are told of at once, and which of them is the first of the opening that began with `new_from`.
    pub(crate) fn first_summaries(&self, new_from: usize) -> (Vec<FileSummary>, u32) {
        let is_bad =
            |file: &File| file.report.issues.iter().chain(&file.remarks).any(|issue| issue.severity > Severity::Info);
        let mut told: Vec<bool> = self.files.iter().map(is_bad).collect();
        let firsts = self.runs.iter().flat_map(|run| run.files.iter().take(FIRST_FILES)).map(|file| file.at);
        let harmless = (new_from..told.len()).find(|&at| told.get(at) == Some(&false));
        for at in firsts.chain(harmless) {
            if let Some(told) = told.get_mut(at) {
                *told = true;
            }
        }
        let new_from = told.iter().take(new_from).filter(|told| **told).count() as u32;
        let files = self.files.iter().zip(told).filter(|(_, told)| *told);
        (files.map(|(file, _)| file.summary(&self.runs)).collect(), new_from)
    }

    /// The run to show after an opening: of its runs the one with most workers recorded, then the newest. An
    /// opening without runs shows the newest of all.
    pub(crate) fn to_show(&self, new_from: usize) -> Option<usize> {
        let new = |r: &RunState| r.files.iter().any(|f| f.at >= new_from);
        // Jobs without tests are shown where there is nothing else.
        let key = |(at, run): &(usize, &RunState)| {
            let workers = if new(run) { run.recorded_workers() } else { 0 };
            (new(run), !run.run.tests.is_empty(), workers, *at)
        };
        self.runs.iter().enumerate().max_by_key(key).map(|(at, _)| at)
    }

    /// Place of the run of this id.
    pub(crate) fn place(&self, id: &str) -> Result<usize, String> {
        let first = self.places.partition_point(|place| place.0 < hash(id));
        let alike =
            self.places.iter().skip(first).take_while(|place| place.0 == hash(id)).map(|place| place.2 as usize);
        let is_it = |&at: &usize| self.runs.get(at).is_some_and(|run| run.id == id);
        alike.into_iter().find(is_it).ok_or_else(|| no_run(id))
    }

    pub(crate) fn verdict(&self, at: usize) -> Option<Vec<Piece>> {
        let run = self.runs.get(at)?;
        let base = run.baseline.as_ref().and_then(|(b, c)| self.runs.get(*b).map(|b| (c, &b.figures)));
        Some(verdict(&Subject { run: &run.run, figures: &run.figures, layout: &run.layout, baseline: base }))
    }

    pub(crate) fn overview(&self, at: usize) -> Option<Overview> {
        let verdict = self.verdict(at)?;
        let run = self.runs.get(at)?;
        let mut overview = overview::overview(run, self.summary(run), &verdict);
        overview.hints = hints::hints(run);
        Some(overview)
    }
}

fn hash(id: &str) -> i64 {
    FixedState::default().hash_one(id).cast_signed()
}

/// The ids of runs, with a number behind it where another run has the same, and the places of the runs by the hashes of
/// their ids.
fn distinct(runs: &[Joined]) -> (Vec<String>, Vec<Keyed>) {
    let id = |joined: &Joined| if joined.run.meta.id.is_empty() { "run" } else { &joined.run.meta.id }.to_owned();
    let mut ids: Vec<String> = runs.iter().map(id).collect();
    let by_hash = |ids: &[String]| {
        let mut places: Vec<Keyed> = ids.iter().enumerate().map(|(at, id)| (hash(id), 0, at as u32, 0)).collect();
        by_keys(&mut places);
        places
    };
    loop {
        let places = by_hash(&ids);
        let mut again = 1;
        let mut whole = true;
        for (one, next) in places.iter().zip(places.iter().skip(1)) {
            again = if one.0 == next.0 { again + 1 } else { 1 };
            if again > 1
                && let Some(id) = ids.get_mut(next.2 as usize)
            {
                id.push_str(&format!("-{again}"));
                whole = false;
            }
        }
        if whole {
            return (ids, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_file_are_told_whole_and_in_order_however_few_are_kept() {
        let run = |id: &str| {
            let mut run = RunState::new(Arc::default());
            run.id = id.to_owned();
            run
        };
        let runs = [run("a"), run("b"), run("c")];
        let grouped = Part { group: Some("g".to_owned()), ..Part::default() };
        let plain = Part::default();
        let cases: [&[(usize, &Part)]; 6] = [
            &[(1, &plain)],
            &[(1, &grouped)],
            &[(0, &plain), (2, &plain)],
            &[(1, &plain), (1, &plain)],
            &[(0, &plain), (1, &grouped), (2, &plain)],
            &[(0, &grouped), (2, &plain)],
        ];
        for places in cases {
            let mut file = File {
                report: FileReport::default(),
                sources: Vec::new(),
                remarks: Vec::new(),
                plainly_of: None,
                part_of: Vec::new(),
            };
            for (at, part) in places {
                file.is_part(&runs[..*at], *at, &runs[*at].id, part);
            }
            let expected: Vec<PartOf> = places.iter().map(|(at, part)| convert::part_of(&runs[*at].id, part)).collect();
            assert_eq!(file.summary(&runs).part_of, expected);
            // Little is what is kept of nearly all files.
            assert_eq!(file.part_of.is_empty(), *places == [(1, &plain)]);
        }
    }
}
