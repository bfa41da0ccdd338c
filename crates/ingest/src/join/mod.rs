//! Makes runs of sources: the files of one session become one run.
//!
//! Two sources are of one session if they are of different formats, name the same tests, and nothing about
//! their times and workers speaks against it ([`evidence`]). Where a folder holds many runs of the same
//! tests, the best pairs are taken first; the files' names decide between equals.
//!
//! Where a tool writes a file for each attempt, those of a folder are put together before that ([`parts`]). Files that are
//! shards of one run are put together after that ([`shards`]), then what the paths say are classes, attempts and jobs of
//! one run ([`sets`]), and lists of a CI service's jobs are laid around the run that took place in them ([`jobs`]). Each
//! rule is recorded with its reason. Runs that come out of a pack are whole and stay as they are ([`packed`]).
//! Reports of coverage and benchmarks go to the run that they were written beside
//! ([`measures`]). What a file says of a run as a whole goes to the runs beside it ([`metadata`]).

mod alone;
mod clocks;
mod closest;
mod criterion;
mod evidence;
mod facets;
mod facts;
mod fit;
mod jobs;
mod measures;
mod merge;
mod metadata;
mod near;
mod packed;
mod parts;
mod sets;
mod shards;

use std::cmp::Ordering;
use std::sync::Arc;

use foldhash::fast::FixedState;
use lanescope_model::order::{places, sort};
use lanescope_model::{Issue, Run, Severity, natural_cmp, thousands};

use self::closest::{MOST_COMPARED, Pairs};
use self::facts::Facts;
use self::merge::Beside;
use crate::{Grouping, Joined, Part, Rule, Source, label};

pub(crate) fn join(sources: &[Source], grouping: &Grouping, limits: &mut Vec<String>) -> Vec<Joined> {
    if let Grouping::Ordered(grouping, names) = grouping {
        let mut runs = join(sources, grouping, limits);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for joined in &mut runs {
            if let Some(order) = joined.run.groups_first(&names) {
                Arc::make_mut(&mut joined.run).tables_mut().order_groups(&order);
            }
        }
        return runs;
    }
    if *grouping == Grouping::Apart {
        return packed::beside(sources, &mut |sources| join_whole(sources, grouping, limits));
    }
    packed::beside(sources, &mut |sources| match parts::gather(sources) {
        Some(gathered) => gathered.spread(join_whole(&gathered.sources, grouping, limits)),
        None => join_whole(sources, grouping, limits),
    })
}

/// Joins sources of which each is of a whole session, or of a shard of one.
fn join_whole(sources: &[Source], grouping: &Grouping, limits: &mut Vec<String>) -> Vec<Joined> {
    let facts: Vec<Facts<'_>> = sources.iter().map(|source| Facts::new(source, grouping)).collect();
    let apart = *grouping == Grouping::Apart;
    let each = || (0..sources.len()).map(|i| vec![i]).collect();
    let mut groups = if apart { each() } else { group(&facts, limits) };
    let units = measures::take(sources, &mut groups);
    let groups =
        if apart { groups.into_iter().map(|g| vec![g]).collect() } else { shards::group(&facts, groups, limits) };
    let runs: Vec<Joined> = groups.into_iter().map(|shards| all_shards(&facts, sources, shards)).collect();
    let mut runs = sets::unite(sources, runs, grouping);
    jobs::lay_around(sources, &mut runs);
    measures::lay(&facts, units, &mut runs, limits);
    metadata::attach(sources, &mut runs, limits);
    metadata::tell_cut(sources, &runs, limits);
    // A log without tests tells nothing by itself.
    let keep = |j: &Joined| {
        !(j.run.tests.is_empty()
            && j.sources.iter().all(|&i| sources.get(i).is_some_and(|s| s.format == crate::Format::XdistConsole)))
    };
    runs.retain(keep);
    distinct_ids(&mut runs);
    in_order(&mut runs);
    runs
}

/// By start, then baselines before what was measured after them, then by label, then by file.
fn in_order(runs: &mut Vec<Joined>) {
    sort(runs, &|a, b| {
        let key = |j: &Joined| start(&j.run).unwrap_or(i64::MAX);
        key(a)
            .cmp(&key(b))
            .then_with(|| criterion::is_baseline(&b.run).cmp(&criterion::is_baseline(&a.run)))
            .then_with(|| natural_cmp(&a.run.meta.label, &b.run.meta.label))
            .then_with(|| a.sources.cmp(&b.sources))
    });
}

fn start(run: &Run) -> Option<i64> {
    run.meta.session.start_us.or_else(|| run.window_us().map(|w| w.0)).or_else(|| measures::written_us(run))
}

/// Sets of sources that belong together, best source first.
fn group(facts: &[Facts<'_>], limits: &mut Vec<String>) -> Vec<Vec<usize>> {
    let score = |i: usize, j: usize| facts.get(i).zip(facts.get(j)).and_then(|(a, b)| evidence::score(a, b));
    let mut pairs = Pairs::new(facts.len(), &score);
    for formats in comparable(facts, limits) {
        for (n, own) in formats.iter().enumerate() {
            for &i in own {
                formats.iter().skip(n + 1).flatten().for_each(|&j| pairs.look(i, j));
            }
        }
    }
    let mut groups = pairs.sets();
    for group in &mut groups {
        let key = |i: usize| (facts.get(i).map_or(u8::MAX, Facts::rank), i);
        sort(group, &|&a, &b| key(a).cmp(&key(b)));
    }
    groups
}

/// Sets of files that may be of one session, each by format: two of one format never are.
#[inline(never)]
fn comparable(facts: &[Facts<'_>], limits: &mut Vec<String>) -> Vec<Vec<Vec<usize>>> {
    let in_order = |by: &dyn Fn(&Facts<'_>, &Facts<'_>) -> Ordering| {
        let by = |a, b| facts.get(a).zip(facts.get(b)).map_or(Ordering::Equal, |(a, b)| by(a, b));
        let mut order = places(facts.len(), &by);
        order.retain(|&at| facts.get(at as usize).is_some_and(|f| evidence::names_tests(f)));
        order
    };
    let is = |a: u32, b: u32, alike: &dyn Fn(&Facts<'_>, &Facts<'_>) -> bool| {
        facts.get(a as usize).zip(facts.get(b as usize)).is_some_and(|(a, b)| alike(a, b))
    };
    let same_format = |a: &Facts<'_>, b: &Facts<'_>| a.source.format == b.source.format;
    let by_format = |set: &[u32]| -> Vec<Vec<usize>> {
        let of_one = set.chunk_by(|&a, &b| is(a, b, &same_format));
        of_one.map(|of_one| of_one.iter().map(|&at| at as usize).collect()).collect()
    };
    fn folder<'a>(facts: &Facts<'a>) -> &'a str {
        label::folder(&facts.source.path)
    }
    let format = |a: &Facts<'_>, b: &Facts<'_>| a.source.format.cmp(&b.source.format);
    let all = by_format(&in_order(&format));
    if to_compare(&all) <= MOST_COMPARED {
        return vec![all];
    }
    limits.push(format!(
        "there are more than {} pairs of files that may be of one session: only files of one folder were compared",
        thousands(MOST_COMPARED as u64)
    ));
    let order = in_order(&|a, b| folder(a).cmp(folder(b)).then(format(a, b)));
    let folders = order.chunk_by(|&a, &b| is(a, b, &|a, b| folder(a) == folder(b)));
    let mut left = MOST_COMPARED;
    let mut sets: Vec<_> = folders.map(by_format).collect();
    sets.retain(|set| {
        let compared = to_compare(set);
        let is_kept = compared <= left;
        left -= if is_kept { compared } else { 0 };
        is_kept
    });
    sets
}

/// Pairs of different formats.
fn to_compare(formats: &[Vec<usize>]) -> usize {
    let (pairs, _) = formats.iter().fold((0_usize, 0_usize), |(pairs, before), own| {
        (pairs.saturating_add(before.saturating_mul(own.len())), before + own.len())
    });
    pairs
}

/// The run of one or more shards, each of one or more files.
fn all_shards(facts: &[Facts<'_>], sources: &[Source], shards: Vec<Vec<usize>>) -> Joined {
    let mut parts: Vec<Joined> = shards.into_iter().map(|group| one(facts, sources, group)).collect();
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let first = |joined: &Joined| joined.sources.first().and_then(|&i| facts.get(i));
    let names: Vec<&str> =
        parts.iter().flat_map(|p| &p.sources).filter_map(|&i| sources.get(i)).map(|s| &*s.path).collect();
    let label = label::shards_label(&names);
    let total = parts.first().and_then(first).and_then(|f| f.shard).map_or(0, |s| s.total);
    let declared = parts.iter().filter_map(first).all(|f| f.source.shard.is_some());
    let says = if declared { "each file says which one it is" } else { "their paths say which one each is" };
    let of = if total == 0 { String::new() } else { format!(" of {total}") };
    let text = format!(
        "joined from {}{of} shards: {says}, they have no test in common, and their times and names are the closest",
        parts.len()
    );
    let missing = total > parts.len() as u32;
    let severity = if missing { Severity::Warning } else { Severity::Info };
    let mut notes = vec![Issue::new(severity, text.as_str())];
    let shifts = clocks::align(sources, &parts.iter().collect::<Vec<_>>(), &mut notes);
    let names: Vec<String> = parts
        .iter()
        .map(|p| first(p).and_then(|f| f.shard).map_or(String::new(), |s| format!("shard {}", s.current)))
        .collect();
    let beside: Vec<Beside<'_>> = parts
        .iter()
        .zip(&names)
        .zip(&shifts)
        .map(|((part, name), &shift_us)| Beside { run: &part.run, group: None, workers: Some(name), shift_us })
        .collect();
    let mut run = merge::beside(&beside);
    run.meta.label = label;
    run.meta.id = label::id(&run, 0);
    let mut whole = Joined { run: Arc::new(run), sources: Vec::new(), notes, rules: Vec::new(), parts: Vec::new() };
    for part in parts {
        whole.notes.extend(part.notes);
        whole.sources.extend(part.sources);
        whole.parts.extend(part.parts);
        for rule in part.rules {
            if !whole.rules.contains(&rule) {
                whole.rules.push(rule);
            }
        }
    }
    whole.rules.push((Rule::Shards, text));
    whole
}

fn one(facts: &[Facts<'_>], sources: &[Source], group: Vec<usize>) -> Joined {
    let part = |&source: &usize| Part { source, shard: facts.get(source).and_then(|f| f.shard), ..Part::default() };
    let parts = group.iter().map(part).collect();
    let mut joined = Joined { run: Arc::default(), sources: group, notes: Vec::new(), rules: Vec::new(), parts };
    let members: Vec<&Source> = joined.sources.iter().filter_map(|&i| sources.get(i)).collect();
    let [first, rest @ ..] = members.as_slice() else { return joined };
    if rest.is_empty() {
        joined.run = Arc::clone(&first.run);
        return joined;
    }
    let names: Vec<&str> = members.iter().map(|s| &*s.path).collect();
    let formats: Vec<&str> = members.iter().map(|s| s.format.as_str()).collect();
    let text = format!(
        "joined from {} files of one session ({}): the same tests, and times that fit",
        names.len(),
        formats.join(", ")
    );
    joined.notes.push(Issue::new(Severity::Info, text.as_str()));
    joined.rules.push((Rule::Session, text));
    let mut run = merge::merge(&members, &mut joined.notes);
    run.meta.label = label::common_label(&names);
    run.meta.id = label::id(&run, 0);
    joined.run = Arc::new(run);
    joined
}

/// Two runs may be equal in all that an id is made of, as when a file is opened twice.
#[inline(never)]
fn distinct_ids(runs: &mut [Joined]) {
    // The hashes of the ids that there are, each with the salt that the last run of the same id got.
    let mut known: hashbrown::HashMap<i64, usize, FixedState> = hashbrown::HashMap::default();
    let hash = |id: &str| facts::hash(id).cast_signed();
    for joined in runs {
        let own = hash(&joined.run.meta.id);
        let mut at = own;
        let mut salt = known.get(&own).copied().unwrap_or(0);
        while known.contains_key(&at) {
            salt += 1;
            let id = label::id(&joined.run, 1000 + salt as u64);
            at = hash(&id);
            Arc::make_mut(&mut joined.run).meta.id = id;
        }
        if salt > 0 {
            known.insert(own, salt);
        }
        known.insert(at, 0);
    }
}
