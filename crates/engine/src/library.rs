//! The loaded files, and the runs that they make.

use std::sync::Arc;

use lanescope_analysis::{Figures, Fingerprint, Piece, Subject, compare, find_baseline, verdict};
use lanescope_ingest::{FileReport, Grouping, Joined, Loaded, Part, Source, join_by};
use lanescope_model::{Issue, Run, Severity};
use lanescope_protocol::{FileSummary, Overview, PartOf};

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
}

struct File {
    report: FileReport,
    sources: Vec<Source>,
    /// What its runs make of it: messages that reading alone cannot know.
    remarks: Vec<Issue>,
    part_of: Vec<PartOf>,
}

impl File {
    /// Whether this is the same file once more: path, size and what was found in it.
    fn is_again(&self, other: &Loaded) -> bool {
        let (a, b) = (&self.report, &other.report);
        let alike =
            |(s, t): (&Source, &Source)| s.run.meta == t.run.meta && s.run.attempts.len() == t.run.attempts.len();
        (&a.path, a.bytes, a.format, a.tests) == (&b.path, b.bytes, b.format, b.tests)
            && self.sources.len() == other.sources.len()
            && self.sources.iter().zip(&other.sources).all(alike)
    }
}

impl Library {
    /// Takes in files and makes the runs anew. Gives the index of the first new file.
    pub(crate) fn add(&mut self, loaded: Vec<Loaded>) -> usize {
        self.files.retain(|old| !loaded.iter().any(|new| old.is_again(new)));
        let new_from = self.files.len();
        for Loaded { report, sources } in loaded {
            // The same file twice in one opening, as from two drops of one folder.
            let new = Loaded { report, sources };
            if self.files.iter().skip(new_from).any(|f| f.is_again(&new)) {
                continue;
            }
            self.files.push(File {
                report: new.report,
                sources: new.sources,
                remarks: Vec::new(),
                part_of: Vec::new(),
            });
        }
        self.make_runs();
        new_from
    }

    /// Makes the runs anew by another rule.
    pub(crate) fn group_by(&mut self, grouping: Grouping) {
        self.grouping = grouping;
        self.make_runs();
    }

    fn make_runs(&mut self) {
        let mut of_file = Vec::new();
        let mut sources = Vec::new();
        for (i, file) in self.files.iter_mut().enumerate() {
            file.remarks.clear();
            file.part_of.clear();
            of_file.extend(file.sources.iter().map(|_| i));
            sources.extend(file.sources.iter().cloned());
        }
        let mut ids = Vec::new();
        let mut old = std::mem::take(&mut self.runs);
        // What was predicted is the run of no recorded file, however alike they are.
        let recorded: Vec<usize> =
            (0..sources.len()).filter(|&s| sources.get(s).is_some_and(|s| !s.run.meta.simulated)).collect();
        let chosen: Vec<Source> = recorded.iter().filter_map(|&s| sources.get(s).cloned()).collect();
        let mut all = join_by(&chosen, &self.grouping);
        for joined in &mut all {
            let place = |s: &mut usize| *s = recorded.get(*s).copied().unwrap_or(usize::MAX);
            joined.sources.iter_mut().for_each(place);
            joined.parts.iter_mut().for_each(|part| place(&mut part.source));
        }
        for (s, source) in sources.into_iter().enumerate().filter(|(_, source)| source.run.meta.simulated) {
            let parts = vec![Part { source: s, ..Part::default() }];
            all.push(Joined { run: source.run, sources: vec![s], notes: Vec::new(), rules: Vec::new(), parts });
        }
        for joined in all {
            let files = joined.sources.iter().filter_map(|&s| of_file.get(s).copied());
            let mut made_of: Vec<SourceFile> = Vec::new();
            for at in files {
                if let Some(file) = self.files.get(at).filter(|_| made_of.iter().all(|f| f.at != at)) {
                    made_of.push(SourceFile::new(at, &file.report));
                }
            }
            let known = old.iter().position(|r| Arc::ptr_eq(&r.run, &joined.run)).map(|at| old.swap_remove(at));
            let mut run = known.unwrap_or_else(|| RunState::new(joined.run));
            run.id = unique(&run.run.meta.id, &mut ids);
            run.files = made_of;
            run.notes = joined.notes;
            run.rules = joined.rules.iter().map(convert::rule).collect();
            for part in &joined.parts {
                if let Some(file) = of_file.get(part.source).and_then(|&at| self.files.get_mut(at)) {
                    file.part_of.push(convert::part_of(&run.id, part));
                }
            }
            self.runs.push(run);
        }
        self.find_baselines();
        for at in 0..self.runs.len() {
            let summary = self.runs.get(at).map(|run| {
                let base = run.baseline.and_then(|(b, _)| self.runs.get(b));
                summarise::summary(run, base)
            });
            if let (Some(run), Some(summary)) = (self.runs.get_mut(at), summary) {
                run.summary = summary;
            }
        }
        self.remark();
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
        let all: Vec<(&Run, &Figures, &Fingerprint)> =
            self.runs.iter().map(|r| (r.run.as_ref(), &r.figures, r.fingerprint.as_ref().unwrap_or(&none))).collect();
        let found = |of: usize| {
            let base = find_baseline(of, &all).filter(|_| mixed)?;
            Some((base, compare(*all.get(of)?, *all.get(base)?)))
        };
        let found: Vec<_> = (0..all.len()).map(found).collect();
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
                let text = "No starts of tests are recorded: the wall time is that of the whole session.";
                file.remarks.push(Issue::new(Severity::Info, text));
            }
        }
    }

    /// All files, as the interface shows them.
    pub(crate) fn file_summaries(&self) -> Vec<FileSummary> {
        let summary = |file: &File| {
            let mut summary = convert::file(&file.report);
            summary.messages.extend(file.remarks.iter().map(convert::message));
            summary.part_of.clone_from(&file.part_of);
            summary
        };
        self.files.iter().map(summary).collect()
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
        self.runs.iter().position(|r| r.id == id).ok_or_else(|| no_run(id))
    }

    pub(crate) fn verdict(&self, at: usize) -> Option<Vec<Piece>> {
        let run = self.runs.get(at)?;
        let base = run.baseline.as_ref().and_then(|(b, c)| self.runs.get(*b).map(|b| (c, &b.figures)));
        Some(verdict(&Subject { run: &run.run, figures: &run.figures, layout: &run.layout, baseline: base }))
    }

    pub(crate) fn overview(&self, at: usize) -> Option<Overview> {
        let verdict = self.verdict(at)?;
        let run = self.runs.get(at)?;
        let mut overview = overview::overview(run, &verdict);
        overview.hints = hints::hints(run);
        Some(overview)
    }
}

/// The id, with a number behind it where another run has the same.
fn unique(id: &str, taken: &mut Vec<String>) -> String {
    let id = if id.is_empty() { "run" } else { id };
    let mut unique = id.to_owned();
    let mut n = 2;
    // Sorted, so that a look-up is quick; a set for this alone would be another 3 KB of code.
    loop {
        match taken.binary_search(&unique) {
            Ok(_) => unique = format!("{id}-{n}"),
            Err(free) => {
                taken.insert(free, unique.clone());
                return unique;
            }
        }
        n += 1;
    }
}
