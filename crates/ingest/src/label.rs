//! Names of runs, from the names of their files, and ids, from their content.

use lanescope_model::Run;

/// Endings that say how a file is packed or written, not which run it is of.
const ENDINGS: [&str; 14] = [
    "gz",
    "xml",
    "jsonl",
    "ndjson",
    "json",
    "log",
    "txt",
    "md",
    "junit",
    "reportlog",
    "report-log",
    "console",
    "out",
    "report",
];

/// Words that name the kind of a file. What is left of a name without them says which run it is of.
const KIND_WORDS: [&str; 24] = [
    "junit",
    "junitxml",
    "xunit",
    "xunit1",
    "xunit2",
    "report",
    "reports",
    "reportlog",
    "log",
    "logs",
    "console",
    "output",
    "out",
    "result",
    "results",
    "test",
    "tests",
    "pytest",
    "pytest9",
    "pytest8",
    "xdist",
    "v",
    "job",
    "xml",
];

/// The folder of a path (the last one) and the path before it.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '!']).map_or("", |(folder, _)| folder)
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '!']).next().unwrap_or(path)
}

/// The name of a file without endings.
pub(crate) fn stem(path: &str) -> &str {
    let mut name = last(path);
    while let Some((head, ending)) = name.rsplit_once('.') {
        if head.is_empty() || !ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
            break;
        }
        name = head;
    }
    name
}

/// The words of a file's name that do not name its kind.
pub(crate) fn words(path: &str) -> Vec<String> {
    stem(path)
        .split(['-', '_', '.', ' '])
        .map(str::to_ascii_lowercase)
        .filter(|w| !w.is_empty() && !KIND_WORDS.contains(&w.as_str()))
        .collect()
}

/// A name for the run of one file: its stem, or its folder where the stem only names the kind.
pub(crate) fn label(path: &str) -> String {
    let folder = last(folder(path));
    if words(path).is_empty() && !folder.is_empty() && folder != "." && folder != ".." {
        return folder.to_owned();
    }
    stem(path).to_owned()
}

/// A name for the run of all files of a folder: the last folder that does not only name the kind of what is in it.
pub(crate) fn folder_label(path: &str) -> String {
    let mut at = folder(path);
    while !at.is_empty() {
        let name = last(at);
        let kind = ["surefire-reports", "failsafe-reports", "test-results", "target", "build", "test"].contains(&name);
        if !kind && !words(name).is_empty() {
            return name.to_owned();
        }
        at = folder(at);
    }
    label(path)
}

/// A name for the run of several files: what their names have in common.
pub(crate) fn common_label(paths: &[&str]) -> String {
    let Some((&first, rest)) = paths.split_first() else { return String::new() };
    let own = stem(first);
    if rest.iter().all(|p| stem(p) == own) {
        return label(first);
    }
    let same = |word: &str| rest.iter().all(|p| words(p).iter().any(|w| w == word));
    let common: Vec<String> = words(first).into_iter().filter(|w| same(w)).collect();
    if !common.is_empty() {
        return common.join("-");
    }
    let dir = last(folder(first));
    if !dir.is_empty() && rest.iter().all(|p| folder(p) == folder(first)) {
        return dir.to_owned();
    }
    label(first)
}

/// A name for the run of several shards: what their names have in common beside numbers and the word itself, or else
/// those of the folders or archives around them.
pub(crate) fn shards_label(paths: &[&str]) -> String {
    const ARCHIVES: [&str; 4] = ["zip", "tar", "tgz", "zst"];
    let mut at: Vec<&str> = paths.to_vec();
    let mut least = None;
    while let Some((&first, rest)) = at.split_first().filter(|(first, _)| !first.is_empty()) {
        if rest.iter().all(|p| *p == first) {
            return last(first).to_owned();
        }
        let mut common = words(first);
        common.retain(|w| {
            let is_name = !ARCHIVES.contains(&w.as_str()) && w.bytes().any(|b| !b.is_ascii_digit());
            is_name && rest.iter().all(|p| words(p).contains(w))
        });
        let all = common.join("-");
        common.retain(|w| !["shard", "shards", "blob", "of", "split"].contains(&w.as_str()));
        if !common.is_empty() {
            return common.join("-");
        }
        least = least.or(Some(all).filter(|all| !all.is_empty()));
        at.iter_mut().for_each(|p| *p = folder(p));
    }
    least.unwrap_or_else(|| common_label(paths))
}

/// A hash that does not depend on the machine's: eight bytes a step, each the first half of MurmurHash3's last steps,
/// so that what is told apart stays so. Every number is hashed at one width.
struct Hash(u64);

impl Hash {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    const fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.0 = mixed ^ (mixed >> 33);
    }

    #[inline(never)]
    const fn number(&mut self, number: i64) {
        self.word(number.cast_unsigned());
    }

    /// Its bytes, and how many: what stands beside it does not run into it.
    #[inline(never)]
    fn text(&mut self, text: &str) {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        for &word in words {
            self.word(u64::from_le_bytes(word));
        }
        let rest = rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        self.word(rest);
        self.number(text.len() as i64);
    }
}

/// A number for all tests with their outcomes and lengths, in whichever order they stand: the files of a run may be
/// opened in any.
#[inline(never)]
fn tests(run: &Run) -> i64 {
    let mut sum = 0_u64;
    for test in run.tests.ids() {
        let mut hash = Hash::new();
        hash.text(run.test_id(test));
        hash.text(run.tests.group(test).map_or("", |group| run.group_name(group)));
        hash.number(run.tests.outcome(test) as i64);
        for attempt in run.tests.attempts(test) {
            hash.number(run.attempts.outcome(attempt) as i64);
            hash.number(run.attempts.total_us(attempt).unwrap_or(i64::MIN));
        }
        // Without this two tests that change places in one figure would often leave the sum as it is
        // (the last steps of MurmurHash3).
        let mut mixed = hash.0;
        for by in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
            mixed = (mixed ^ (mixed >> 33)).wrapping_mul(by);
        }
        sum = sum.wrapping_add(mixed ^ (mixed >> 33));
    }
    sum.cast_signed()
}

/// A short id that the same content always gives, in the browser too.
#[inline(never)]
pub(crate) fn id(run: &Run, salt: u64) -> String {
    let mut hash = Hash::new();
    let meta = &run.meta;
    hash.text(&meta.label);
    hash.number(salt.cast_signed());
    for text in [&meta.commit, &meta.branch, &meta.url] {
        hash.text(text.as_deref().unwrap_or(""));
    }
    hash.number(tests(run));
    let window = run.window_us();
    for us in [meta.session.start_us, meta.session.length_us, window.map(|w| w.0), window.map(|w| w.1)] {
        hash.number(us.unwrap_or(i64::MIN));
    }
    // What was measured beside tests is laid on their run, and taken from it, without making another run of it.
    if run.tests.is_empty() {
        for report in &run.coverage {
            hash.number(report.at_us.unwrap_or(i64::MIN));
            let files = report.files.iter().flat_map(|file| [file.lines, file.branches]);
            for count in [report.lines, report.branches].into_iter().chain(files) {
                hash.number(count.map_or(-1, |c| i64::from(c.covered) << 32 | i64::from(c.total)));
            }
            report.files.iter().for_each(|file| hash.text(run.strings.get(file.path)));
            report.marks.iter().for_each(|&mark| hash.number(mark.into()));
        }
        for report in &run.benchmarks {
            hash.number(report.at_us.unwrap_or(i64::MIN));
            for row in &report.rows {
                let s = row.stats;
                hash.text(run.strings.get(row.name));
                for figure in [s.mean, s.mean_low, s.mean_high, s.median, s.stddev, s.min, s.max, s.q1, s.q3] {
                    hash.number(figure.map_or(i64::MIN, |figure| figure.to_bits().cast_signed()));
                }
            }
        }
    }
    hash.number(run.attempts.len() as i64);
    hash.number(run.workers.len() as i64);
    format!("{:010x}", hash.0 >> 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_run_share_a_label() {
        assert_eq!(
            common_label(&["nx/n4-load.junit.xml", "nx/n4-load.log", "nx/n4-load.reportlog.jsonl.gz"]),
            "n4-load"
        );
        assert_eq!(common_label(&["runs/run-002/junit.xml", "runs/run-002/console.log"]), "run-002");
        assert_eq!(common_label(&["x/crash_junit.xml", "x/crash_xdist_v.log"]), "crash");
    }

    #[test]
    fn shards_are_named_without_their_numbers() {
        assert_eq!(shards_label(&["a/e2e-1.xml", "a/e2e-2.xml"]), "e2e");
        assert_eq!(shards_label(&["web/shard-1.xml", "web/shard-2.xml"]), "web");
        assert_eq!(shards_label(&["all/blob-1.zip!report.jsonl", "all/blob-2.zip!report.jsonl"]), "all");
        assert_eq!(shards_label(&["blob-1.zip!report.jsonl", "blob-2.zip!report.jsonl"]), "blob");
        assert_eq!(shards_label(&["ui-1/junit.xml", "ui-2/junit.xml"]), "ui");
        assert_eq!(shards_label(&["x/1.xml", "y/2.xml"]), common_label(&["x/1.xml", "y/2.xml"]));
    }

    #[test]
    fn a_single_file_is_named_after_itself_or_its_folder() {
        assert_eq!(label("runs/run-002/junit.xml"), "run-002");
        assert_eq!(label("junit.xml"), "junit");
        assert_eq!(label("large/junit-10k.xml"), "junit-10k");
        assert_eq!(label("a.zip!inner/n8-load.log.gz"), "n8-load");
    }
}
