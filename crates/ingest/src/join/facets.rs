//! What the path of a file says of its place in a run: the job of a matrix, the shard, the attempt of a job.
//!
//! Services name artifacts and folders after their jobs: `results-ubuntu-latest-py3.12.zip`, `shard-2-of-4`,
//! `attempt-2`. Two files whose paths differ in such words only are of one run. Numbers alone mean nothing: `run-041` and
//! `run-042` are two runs.

use crate::{Grouping, Shard, label};

/// The parts of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facets {
    /// The path without everything that the other fields hold: equal for files of one run.
    pub(super) key: String,
    /// The job of a matrix; empty where the path names none.
    pub(super) group: String,
    /// The number of the shard; the total is 0 where only the number is named.
    pub(super) shard: Option<Shard>,
    /// The attempt of the job, from 1.
    pub(super) attempt: u32,
}

/// Words that name a job by themselves.
const JOBS: [&str; 41] = [
    "linux",
    "mac",
    "macos",
    "osx",
    "darwin",
    "win",
    "windows",
    "x64",
    "x86",
    "amd64",
    "arm64",
    "aarch64",
    "chrome",
    "chromium",
    "firefox",
    "webkit",
    "safari",
    "edge",
    "unit",
    "integration",
    "e2e",
    "api",
    "smoke",
    "functional",
    "acceptance",
    "contract",
    "component",
    "system",
    "regression",
    "frontend",
    "backend",
    "ui",
    "nightly",
    "beta",
    "stable",
    "msrv",
    "asan",
    "ubuntu",
    "debian",
    "alpine",
    "fedora",
];
/// Words that name a job together with the version behind them.
const VERSIONED: [&str; 22] = [
    "py", "python", "pypy", "node", "nodejs", "java", "jdk", "go", "ruby", "php", "rust", "dotnet", "ubuntu", "debian",
    "alpine", "fedora", "macos", "windows", "django", "postgres", "mysql", "gcc",
];
const SHARDS: [&str; 4] = ["shard", "chunk", "split", "partition"];
const AGAIN: [&str; 2] = ["retry", "rerun"];

/// The key of files whose groups were named by hand: no path is like it.
pub(super) const BY_HAND: &str = "\0by hand";

/// Reads a path.
pub(super) fn facets(path: &str, grouping: &Grouping) -> Facets {
    if let Some(name) = grouping.by_hand(path) {
        return Facets { key: BY_HAND.to_owned(), group: name.to_owned(), shard: None, attempt: 1 };
    }
    let grouping = grouping.base();
    if let Some((group, key)) = told(path, grouping) {
        return Facets { key, group, shard: None, attempt: 1 };
    }
    if *grouping != Grouping::Auto {
        // The user's rule says nothing of this file.
        return Facets { key: path.to_owned(), attempt: 1, ..Facets::default() };
    }
    let words = words(path);
    let word = |i: usize| words.get(i).map_or("", |w| w.1.as_str());
    let number = |i: usize| word(i).parse::<u32>().ok().filter(|_| word(i).len() <= 4);
    let mut found = Facets { attempt: 1, ..Facets::default() };
    let mut groups: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let from = at;
        at += 1;
        let name = word(from);
        if SHARDS.contains(&name)
            && let Some(current) = number(at)
        {
            at += 1;
            let of = word(at) == "of";
            let total = number(at + usize::from(of)).filter(|&n| of && n >= current);
            at += if total.is_some() { 2 } else { 0 };
            found.shard = Some(Shard { current, total: total.unwrap_or(0) });
        } else if let (Some(current), "of", Some(total)) = (number(from), word(at), number(at + 1)) {
            at += 2;
            found.shard = Some(Shard { current, total });
        } else if let ("attempt", Some(n)) = (name, number(at)) {
            at += 1;
            found.attempt = n.max(1);
        } else if AGAIN.contains(&name) {
            let n = number(at);
            at += usize::from(n.is_some());
            found.attempt = n.unwrap_or(1).saturating_add(1);
        } else if VERSIONED.contains(&name) && (number(at).is_some() || word(at) == "latest") {
            while number(at).is_some() || word(at) == "latest" {
                at += 1;
            }
            groups.push(together(words.get(from..at).unwrap_or(&[])));
        } else if is_version(&words, from) {
            at += 1;
            groups.push(together(words.get(from..at).unwrap_or(&[])));
        } else if JOBS.contains(&name) {
            groups.push(name.to_owned());
        } else {
            found.key.push('/');
            found.key.push_str(name);
        }
    }
    found.group = groups.join("-");
    found
}

/// The group that the user's rule names, and the path without it.
fn told(path: &str, grouping: &Grouping) -> Option<(String, String)> {
    let range = match grouping {
        Grouping::Auto | Grouping::None | Grouping::Apart | Grouping::ByHand(..) | Grouping::Ordered(..) => {
            return None;
        }
        Grouping::One => return Some((path.to_owned(), String::new())),
        Grouping::Folder => {
            let folder = label::folder(path);
            let start = folder.rfind(['/', '!']).map_or(0, |i| i + 1);
            start..folder.len()
        }
        Grouping::File => {
            let start = path.rfind(['/', '!']).map_or(0, |i| i + 1);
            // The rest of the name says of which format the file is.
            let group = path.get(start..start + label::stem(path).len()).unwrap_or("").to_owned();
            return Some((group, path.get(..start).unwrap_or("").to_owned()));
        }
        Grouping::Archive => {
            let end = path.find('!')?;
            let start = path.get(..end)?.rfind('/').map_or(0, |i| i + 1);
            let stem = path.get(start..end)?.split('.').next().unwrap_or("");
            start..start + stem.len()
        }
        Grouping::Around(before, after) => {
            let from = path.find(before.as_str())? + before.len();
            let rest = path.get(from..)?;
            let end = if after.is_empty() { rest.find(['/', '!']) } else { Some(rest.find(after.as_str())?) };
            let end = from + end.unwrap_or(rest.len());
            let inner = path.get(from..end)?;
            // Without a text before it, it begins at its folder.
            let start = if before.is_empty() { inner.rfind(['/', '!']).map_or(0, |i| i + 1) } else { 0 };
            from + start..end
        }
    };
    let group = path.get(range.clone()).filter(|g| !g.is_empty() && !g.contains(['/', '!']))?;
    Some((group.to_owned(), format!("{}*{}", path.get(..range.start)?, path.get(range.end..)?)))
}

/// The words of a path in small letters, numbers apart from letters, each with the character before it.
fn words(path: &str) -> Vec<(char, String)> {
    let mut words: Vec<(char, String)> = Vec::new();
    let mut before = '/';
    let mut open = false;
    for c in path.chars() {
        if !c.is_ascii_alphanumeric() && !c.is_alphabetic() {
            before = c;
            open = false;
            continue;
        }
        // `x86`, `e2e` and the like are one word; `py312` and `shard2` are two.
        let same = |w: &str| match (w.ends_with(|l: char| l.is_ascii_digit()), c.is_ascii_digit()) {
            (true, false) => w.len() == 2 && !w.starts_with(|l: char| l.is_ascii_digit()),
            (false, true) => w.len() == 1,
            _ => true,
        };
        match words.last_mut().filter(|(_, w)| open && same(w)) {
            Some((_, word)) => word.push(c.to_ascii_lowercase()),
            None => {
                words.push((if open { '\0' } else { before }, c.to_ascii_lowercase().to_string()));
                open = true;
            }
        }
    }
    words
}

/// Whether two numbers with a dot between stand here, and no third: `3.12`.
fn is_version(words: &[(char, String)], at: usize) -> bool {
    let digits = |i: usize, most: usize| {
        words.get(i).is_some_and(|(_, w)| w.len() <= most && w.bytes().all(|b| b.is_ascii_digit()))
    };
    let dot = |i: usize| words.get(i).is_some_and(|(before, _)| *before == '.');
    let after_number = at.checked_sub(1).is_some_and(|i| digits(i, 9)) && dot(at);
    digits(at, 2) && digits(at + 1, 2) && dot(at + 1) && !(dot(at + 2) && digits(at + 2, 9)) && !after_number
}

fn together(words: &[(char, String)]) -> String {
    let mut out = String::new();
    for (i, (before, word)) in words.iter().enumerate() {
        if i > 0 && *before != '\0' {
            out.push(*before);
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> (String, Option<(u32, u32)>, u32) {
        let f = facets(path, &Grouping::Auto);
        (f.group, f.shard.map(|s| (s.current, s.total)), f.attempt)
    }

    #[test]
    fn paths_name_jobs_shards_and_attempts() {
        for (path, group, shard, attempt) in [
            ("results-ubuntu-latest-py3.12.zip!junit.xml", "ubuntu-latest-py3.12", None, 1),
            ("results-windows-2022-3.9/junit.xml", "windows-2022-3.9", None, 1),
            ("ci/unit.xml", "unit", None, 1),
            ("ci/py312/junit.xml", "py312", None, 1),
            ("shard-2-of-4/junit.xml", "", Some((2, 4)), 1),
            ("junit_shard3.xml", "", Some((3, 0)), 1),
            ("blob-2of3.zip!report.jsonl", "", Some((2, 3)), 1),
            ("e2e-chromium-attempt-2/results.json", "e2e-chromium", None, 2),
            ("linux-rerun/junit.xml", "linux", None, 2),
            ("runs/run-041/junit.xml", "", None, 1),
            ("nx/n4-load.junit.xml", "", None, 1),
            ("junit.2026.03.02.xml", "", None, 1),
            ("pytest-9.2.0-load.xml", "", None, 1),
        ] {
            assert_eq!(of(path), (group.to_owned(), shard, attempt), "{path}");
        }
        let key = |path: &str| facets(path, &Grouping::Auto).key;
        assert_eq!(key("a/results-ubuntu-py3.11/junit.xml"), key("a/results-windows-py3.12/junit.xml"));
        assert_ne!(key("runs/run-041/unit.xml"), key("runs/run-042/api.xml"));
    }

    #[test]
    fn a_rule_of_the_user_goes_before() {
        for (rule, path, group) in [
            ("folder", "a/41/x.xml", "41"),
            ("file", "a/41/x.junit.xml", "x"),
            ("archive", "in/linux-1.zip!a/x.xml", "linux-1"),
            ("test-{}/", "a/test-blue/x.xml", "blue"),
            ("job_{}", "a/job_7/x.xml", "7"),
            ("none", "unit/x.xml", ""),
        ] {
            let rule = Grouping::of(rule).unwrap_or_default();
            assert_eq!(facets(path, &rule).group, group, "{rule:?}");
        }
        assert_eq!(Grouping::of("somehow"), None);
    }
}
