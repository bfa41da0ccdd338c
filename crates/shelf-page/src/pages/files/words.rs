//! What the view says.

use lanescope_protocol::{FileSummary, PartOf, RunSummary};
use lanescope_ui::ui::format;

use super::archive::is_archive;

/// One sentence for everything that is open.
pub fn verdict(files: &[FileSummary], runs: usize) -> String {
    let told = files.iter().filter(|file| file.status != "ok").count();
    let lost = files.iter().filter(|file| is_lost(file)).count();
    let archives = files.iter().filter(|file| is_archive(file) && !is_lost(file)).count();
    let of = |n: usize, one: &str, many: &str| format::plural(n as u64, one, many);
    let mut text = of(files.len() - archives, "file", "files");
    if archives > 0 {
        let inside = files.iter().filter(|file| file.archive.is_some() && !is_archive(file)).count();
        let out_of = of(archives, "archive", "archives");
        text.push_str(&if inside + archives == files.len() {
            format!(" out of {out_of}")
        } else {
            format!(", {inside} of them out of {out_of},")
        });
    }
    text.push_str(&format!(" became {}", of(runs, "run", "runs")));
    let mut more = Vec::new();
    if lost > 0 {
        more.push(of(lost, "is in no run", "are in no run"));
    }
    if told > 0 {
        more.push(of(told, "has messages", "have messages"));
    }
    if !more.is_empty() {
        text.push_str("; ");
        text.push_str(&more.join(", "));
    }
    text + "."
}

/// Whether nothing came of a file. What came of an archive stands at its members.
pub fn is_lost(file: &FileSummary) -> bool {
    file.part_of.is_empty() && !(is_archive(file) && file.status != "error")
}

/// What a file is: format and dialect.
pub fn what(file: &FileSummary) -> String {
    match &file.dialect {
        Some(dialect) => format!("{} ({dialect})", file.format),
        None => file.format.clone(),
    }
}

/// Where a file stands in its run; empty where nothing names that.
pub fn place(part: &PartOf) -> String {
    let shard = part.shard.as_ref().map(|shard| format!("shard {shard}"));
    let attempt = part.attempt.map(|attempt| format!("attempt {attempt}"));
    [part.group.clone(), shard, attempt].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How much of a run of so many tests a file without a named place tells.
pub fn share(file: &FileSummary, tests: u32) -> &'static str {
    if file.tests < tests as usize { "a part of it" } else { "all of it" }
}

/// What is known of a run, in a line.
pub fn about(run: &RunSummary) -> String {
    let started = run.started_at.as_deref().map(format::started);
    let commit = run.commit.as_ref().map(|commit| commit.chars().take(10).collect());
    let mut tests = format::plural(run.tests.into(), "test", "tests");
    if run.attempts != run.tests {
        tests.push_str(&format!(", {}", format::plural(run.attempts.into(), "attempt", "attempts")));
    }
    let workers = run.workers.map(|n| format::plural(n.into(), "worker", "workers"));
    let parts = [started, run.branch.clone(), commit, Some(tests), workers];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A name for a rule by which files became a run.
pub fn rule(code: &str) -> &str {
    match code {
        "session" => "One session",
        "shards" => "Shards",
        "classes" => "A file for each class",
        "folder" => "A file for each attempt",
        "retries" => "Attempts of a job",
        "matrix" => "Jobs of a matrix",
        "jobs" => "Jobs of the service",
        other => other,
    }
}

/// The path in two parts: the archive that a member came out of, and its path in there.
pub fn path(file: &FileSummary) -> (Option<&str>, &str) {
    let Some(archive) = file.archive.as_deref() else { return (None, &file.path) };
    let inner = file.path.strip_prefix(archive).map(|inner| inner.trim_start_matches('!'));
    (Some(archive), inner.filter(|inner| !inner.is_empty()).unwrap_or(&file.path))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn file(path: &str, status: &str, runs: usize) -> FileSummary {
        FileSummary {
            path: path.to_owned(),
            format: "junit-xml".to_owned(),
            dialect: None,
            status: status.to_owned(),
            tests: 0,
            bytes: 0,
            messages: Vec::new(),
            archive: None,
            no_report: false,
            part_of: vec![PartOf::default(); runs],
        }
    }

    #[test]
    fn one_of_many_files_is_not_all_of_its_run() {
        let of = |tests| FileSummary { tests, ..file("a", "ok", 1) };
        assert_eq!(share(&of(1), 10_000), "a part of it");
        // Two formats of one session, and a log of several.
        assert_eq!([share(&of(12), 12), share(&of(30), 12)], ["all of it"; 2]);
    }

    #[test]
    fn the_sentence_counts_what_needs_a_look() {
        assert_eq!(verdict(&[file("a", "ok", 1)], 1), "1 file became 1 run.");
        let files = [file("a", "ok", 1), file("b", "warning", 1), file("c", "error", 0)];
        assert_eq!(verdict(&files, 1), "3 files became 1 run; 1 is in no run, 2 have messages.");
        let zip = |status: &str| FileSummary { format: "zip".to_owned(), ..file("a.zip", status, 0) };
        let member = FileSummary { archive: Some("a.zip".to_owned()), ..file("a.zip!a", "ok", 1) };
        assert_eq!(verdict(&[zip("ok"), member.clone()], 1), "1 file out of 1 archive became 1 run.");
        let beside = [zip("ok"), member, file("b", "ok", 1)];
        assert_eq!(verdict(&beside, 2), "2 files, 1 of them out of 1 archive, became 2 runs.");
        assert_eq!(verdict(&[zip("error")], 0), "1 file became 0 runs; 1 is in no run, 1 has messages.");
    }

    #[test]
    fn a_member_is_named_inside_its_archive() {
        let mut member = file("a.zip!b.tar!c.xml", "ok", 1);
        assert_eq!(path(&member), (None, "a.zip!b.tar!c.xml"));
        member.archive = Some("a.zip!b.tar".to_owned());
        assert_eq!(path(&member), (Some("a.zip!b.tar"), "c.xml"));
    }

    #[test]
    fn a_place_says_only_what_is_known() {
        assert_eq!(place(&PartOf::default()), "");
        let part =
            PartOf { group: Some("mac".into()), shard: Some("2/3".into()), attempt: Some(2), ..PartOf::default() };
        assert_eq!(place(&part), "mac · shard 2/3 · attempt 2");
    }
}
