//! Runs as the library keeps them: a pack of each, and what is known of it without unpacking.

use lanescope_model::bytes::Source;
use lanescope_model::order::sort;
use lanescope_model::{Issue, Outcome, Run};
use lanescope_pack::{MAX_UNPACKED, PackOptions, Packed, pack_noted, unpack_noted};
use lanescope_protocol::KeptRun;

/// Numbers in a sketch: with so many, a share of common tests is known to about a tenth.
pub const SKETCH: usize = 64;

/// What is known of a run.
#[must_use]
pub fn kept(run: &Run) -> KeptRun {
    let failed = |&test: &_| matches!(run.tests.outcome(test), Outcome::Failed | Outcome::Error);
    KeptRun {
        id: run.meta.id.clone(),
        label: run.meta.label.clone(),
        suite: root(run),
        started_us: run.meta.session.start_us.or_else(|| run.window_us().map(|(first, _)| first)),
        commit: run.meta.commit.clone(),
        branch: run.meta.branch.clone(),
        tests: run.tests.len() as u32,
        attempts: run.attempts.len() as u32,
        failed: run.tests.ids().filter(failed).count() as u32,
        flaky: run.flaky_count(),
        simulated: run.meta.simulated,
        sketch: sketch(run),
    }
}

/// What the suite paths of all tests begin with, in whole words: `networkx` of `networkx/drawing/…` and
/// `networkx/generators/…`.
fn root(run: &Run) -> String {
    // A module that was skipped as a whole has no path above it.
    let mut suites = run.tests.ids().map(|test| run.suite(test)).filter(|suite| !suite.is_empty());
    let mut root = suites.next().unwrap_or_default();
    for suite in suites {
        // At most once per word of the first path in all.
        while suite.strip_prefix(root).is_none_or(|rest| rest.starts_with(is_word)) {
            let cut = root.trim_end_matches(is_word).trim_end_matches(|c| !is_word(c));
            if cut.len() == root.len() {
                return String::new();
            }
            root = cut;
        }
    }
    root.to_owned()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// The smallest of the numbers that the tests' names hash to (a bottom-k sketch): of two runs the share that is in both
/// is about the share of tests that both have.
fn sketch(run: &Run) -> Vec<u32> {
    let mut all: Vec<u32> = run.tests.ids().map(|test| hash(run.test_id(test))).collect();
    sort(&mut all, &|a, b| a.cmp(b));
    all.dedup();
    all.truncate(SKETCH);
    all
}

/// FNV-1a, and then mixed so that the smallest are spread over all names.
fn hash(text: &str) -> u32 {
    let fnv = text.bytes().fold(0x811c_9dc5_u32, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mixed = (fnv ^ (fnv >> 16)).wrapping_mul(0x85eb_ca6b);
    mixed ^ (mixed >> 13)
}

/// The run of these bytes of [`Run::encode`], by its id in the engine.
#[must_use]
pub fn decoded(id: &str, bytes: &[u8]) -> Option<Run> {
    let mut rest = bytes;
    let mut next = |to: &mut [u8]| {
        let (now, after) = rest.split_at(to.len().min(rest.len()));
        if let Some(to) = to.get_mut(..now.len()) {
            to.copy_from_slice(now);
        }
        rest = after;
    };
    let mut run = Run::decode(&mut Source::new(bytes.len(), &mut next)).ok()?;
    id.clone_into(&mut run.meta.id);
    Some(run)
}

/// One run as a pack, with everything that is known of it and what was said of its files.
#[must_use]
pub fn packed(run: &Run, notes: &[Issue]) -> Vec<u8> {
    pack_noted(&[(run, notes)], &PackOptions::default())
}

/// The runs of a pack, with what was said of them.
///
/// # Errors
/// A sentence, when the bytes are no pack that this version reads.
pub fn unpacked(bytes: &[u8]) -> Result<Vec<Packed>, String> {
    unpack_noted(bytes, MAX_UNPACKED).map_err(|error| error.to_string())
}

/// Packs that stand one after the other in `bytes`, as one.
///
/// # Errors
/// A sentence, when one of them cannot be read; nothing is left out silently.
pub fn merged(bytes: &[u8], lengths: &[u32]) -> Result<Vec<u8>, String> {
    let mut runs = Vec::new();
    let mut rest = bytes;
    for &length in lengths {
        let (one, after) = rest.split_at_checked(length as usize).ok_or("the packs are shorter than was said")?;
        rest = after;
        runs.extend(unpacked(one)?);
    }
    let noted: Vec<(&Run, &[Issue])> = runs.iter().map(|packed| (&packed.run, packed.notes.as_slice())).collect();
    Ok(pack_noted(&noted, &PackOptions::default()))
}

#[cfg(test)]
mod tests {
    use lanescope_model::RunBuilder;

    use super::*;

    fn root_of(ids: &[&str]) -> String {
        let mut builder = RunBuilder::new();
        for id in ids {
            builder.test(None, id, id.rfind([':', ' ']).map_or(0, |at| at + 1));
        }
        root(&builder.finish())
    }

    #[test]
    fn a_suite_is_where_all_its_tests_lie() {
        assert_eq!(
            root_of(&["networkx/drawing/test_a.py::x", "networkx/drawing/test_b.py::y", "networkx/c.py::z"]),
            "networkx"
        );
        assert_eq!(root_of(&["networkx.drawing.test_a::x", "networkx.drawing_more::y"]), "networkx");
        assert_eq!(root_of(&["tests/test_a.py::x", "tests/test_a.py::y"]), "tests/test_a.py");
        assert_eq!(root_of(&["tests/test_a.py::x", "test/test_a.py::y"]), "");
        assert_eq!(root_of(&["größe › a › x", "größe › b › y"]), "größe");
        assert_eq!(root_of(&["x", "a::y"]), "a");
        assert_eq!(root_of(&[]), "");
    }
}
