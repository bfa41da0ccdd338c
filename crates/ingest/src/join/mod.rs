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

mod clocks;
mod criterion;
mod evidence;
mod facets;
mod facts;
mod jobs;
mod measures;
mod merge;
mod metadata;
mod packed;
mod parts;
mod sets;
mod shards;

use std::sync::Arc;

use lanescope_model::order::sort;
use lanescope_model::{Issue, Run, Severity};

use self::facts::Facts;
use self::merge::Beside;
use crate::{Grouping, Joined, Part, Rule, Source, label};

pub(crate) fn join(sources: &[Source], grouping: &Grouping) -> Vec<Joined> {
    if let Grouping::Ordered(grouping, names) = grouping {
        let mut runs = join(sources, grouping);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for joined in &mut runs {
            if let Some(order) = joined.run.groups_first(&names) {
                Arc::make_mut(&mut joined.run).order_groups(&order);
            }
        }
        return runs;
    }
    if *grouping == Grouping::Apart {
        return packed::beside(sources, &|sources| join_whole(sources, grouping));
    }
    packed::beside(sources, &|sources| match parts::gather(sources) {
        Some(gathered) => gathered.spread(join_whole(&gathered.sources, grouping)),
        None => join_whole(sources, grouping),
    })
}

/// Joins sources of which each is of a whole session, or of a shard of one.
fn join_whole(sources: &[Source], grouping: &Grouping) -> Vec<Joined> {
    let facts: Vec<Facts<'_>> = sources.iter().map(|source| Facts::new(source, grouping)).collect();
    let apart = *grouping == Grouping::Apart;
    let mut groups = if apart { (0..sources.len()).map(|i| vec![i]).collect() } else { group(&facts) };
    let units = measures::take(sources, &mut groups);
    let groups = if apart { groups.into_iter().map(|g| vec![g]).collect() } else { shards::group(&facts, groups) };
    let runs: Vec<Joined> = groups.into_iter().map(|shards| all_shards(&facts, sources, shards)).collect();
    let mut runs = sets::unite(sources, runs, grouping);
    jobs::lay_around(sources, &mut runs);
    measures::lay(&facts, sources, units, &mut runs);
    metadata::attach(sources, &mut runs);
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
            .then_with(|| a.run.meta.label.cmp(&b.run.meta.label))
            .then_with(|| a.sources.cmp(&b.sources))
    });
}

fn start(run: &Run) -> Option<i64> {
    run.meta.session.start_us.or_else(|| run.window_us().map(|w| w.0)).or_else(|| measures::written_us(run))
}

/// Sets of sources that belong together, best source first.
fn group(facts: &[Facts<'_>]) -> Vec<Vec<usize>> {
    let mut pairs = Vec::new();
    let most = MOST_PAIRS.max(4 * PARTNERS * facts.len());
    let mut all = true;
    for (i, a) in facts.iter().enumerate() {
        for (j, b) in facts.iter().enumerate().skip(i + 1) {
            if let Some(score) = evidence::score(a, b) {
                pairs.push((score, i, j));
            }
        }
        if pairs.len() > most {
            keep_best(facts.len(), &mut pairs);
            all = false;
        }
    }
    let fits =
        |i: usize, j: usize| facts.get(i).zip(facts.get(j)).is_some_and(|(a, b)| evidence::score(a, b).is_some());
    let mut groups = closest(facts.len(), pairs, if all { None } else { Some(&fits) });
    for group in &mut groups {
        let key = |i: usize| (facts.get(i).map_or(u8::MAX, Facts::rank), i);
        sort(group, &|&a, &b| key(a).cmp(&key(b)));
    }
    groups
}

/// With more pairs than this the best of each file are kept: a million take 24 MB.
const MOST_PAIRS: usize = 1 << 20;
/// Pairs of a file that are kept then. A session has no more files than that.
const PARTNERS: usize = 32;

/// Leaves pairs out whose files both have better ones.
#[inline(never)]
fn keep_best(n: usize, pairs: &mut Vec<(f64, usize, usize)>) {
    sort(pairs, &|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut partners = vec![0_usize; n];
    pairs.retain(|&(_, i, j)| {
        let has_room = [i, j].iter().any(|&at| partners.get(at).is_some_and(|&p| p < PARTNERS));
        for at in [i, j] {
            partners.get_mut(at).into_iter().for_each(|p| *p += usize::from(has_room));
        }
        has_room
    });
    sort(pairs, &|a, b| (a.1, a.2).cmp(&(b.1, b.2)));
}

/// Sets of numbers below `n`, of which each fits each other: `pairs` are those that fit, with how well, in the order of
/// their numbers, and `others` says of pairs that are not among them. The best are put together first; between equals
/// the order in which the files were opened decides.
#[inline(never)]
fn closest(
    n: usize,
    mut pairs: Vec<(f64, usize, usize)>,
    others: Option<&dyn Fn(usize, usize) -> bool>,
) -> Vec<Vec<usize>> {
    // A folder of many runs has thousands of pairs, and each asks for others: they are found without a look at all.
    let known: Vec<(usize, usize)> = pairs.iter().map(|p| (p.1, p.2)).collect();
    let fit = |x: usize, y: usize| {
        let (x, y) = (x.min(y), x.max(y));
        known.binary_search(&(x, y)).is_ok() || others.is_some_and(|fit| fit(x, y))
    };
    sort(&mut pairs, &|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut sets: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    let mut member: Vec<usize> = (0..n).collect();
    for (_, i, j) in pairs {
        let (Some(&a), Some(&b)) = (member.get(i), member.get(j)) else { continue };
        let (Some(left), Some(right)) = (sets.get(a), sets.get(b)) else { continue };
        if a == b || !left.iter().all(|&x| right.iter().all(|&y| fit(x, y))) {
            continue;
        }
        let moved = sets.get_mut(b).map(std::mem::take).unwrap_or_default();
        for &m in &moved {
            if let Some(slot) = member.get_mut(m) {
                *slot = a;
            }
        }
        if let Some(set) = sets.get_mut(a) {
            set.extend(moved);
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
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
        parts.iter().flat_map(|p| &p.sources).filter_map(|&i| sources.get(i)).map(|s| s.path.as_str()).collect();
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
    let names: Vec<&str> = members.iter().map(|s| s.path.as_str()).collect();
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
    // The ids that there are, sorted, each with the salt that the last run of the same id got.
    let mut known: Vec<(String, u64)> = Vec::new();
    let place = |known: &[(String, u64)], id: &str| known.binary_search_by(|other| other.0.as_str().cmp(id));
    for joined in runs {
        let mut id = joined.run.meta.id.clone();
        let mut salt = place(&known, &id).ok().and_then(|at| known.get(at)).map_or(0, |own| own.1);
        while place(&known, &id).is_ok() {
            salt += 1;
            id = label::id(&joined.run, 1000 + salt);
        }
        if salt > 0 {
            let own = std::mem::replace(&mut Arc::make_mut(&mut joined.run).meta.id, id.clone());
            if let Some(own) = place(&known, &own).ok().and_then(|at| known.get_mut(at)) {
                own.1 = salt;
            }
        }
        if let Err(at) = place(&known, &id) {
            known.insert(at, (id, 0));
        }
    }
}
