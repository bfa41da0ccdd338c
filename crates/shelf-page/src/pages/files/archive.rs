//! Archives: what came out of each, and the way to let go of it as a whole.

use lanescope_protocol::FileSummary;
use lanescope_ui::ui::el::{El, button, el, span};
use lanescope_ui::ui::format;

use crate::shell::bridge;

/// What lies in an archive, also in archives in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Files.
    pub files: usize,
    /// Runs that they are part of.
    pub runs: usize,
    /// Tests in them.
    pub tests: usize,
}

/// Whether it is an archive.
pub fn is_archive(file: &FileSummary) -> bool {
    matches!(file.format.as_str(), "zip" | "tar")
}

impl Holds {
    /// Of the archive of this path.
    pub fn of(path: &str, all: &[FileSummary]) -> Self {
        let mut runs: Vec<&str> = Vec::new();
        let mut holds = Self::default();
        let inside = |file: &&FileSummary| file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('!'));
        for file in all.iter().filter(inside).filter(|file| !is_archive(file)) {
            holds.files += 1;
            holds.tests += file.tests;
            runs.extend(file.part_of.iter().map(|part| part.run.as_str()));
        }
        runs.sort_unstable();
        runs.dedup();
        Self { runs: runs.len(), ..holds }
    }

    fn files(&self) -> String {
        format::plural(self.files as u64, "file", "files")
    }

    /// What is in it, and a button that lets go of all.
    pub fn cell(&self, path: &str) -> El {
        let text = match self.runs {
            0 => self.files(),
            runs => format!("{} in {}", self.files(), format::plural(runs as u64, "run", "runs")),
        };
        let gone = path.to_owned();
        let away = button("button small", move || bridge::forget(&gone)).attr("data-remove", path);
        let label = match self.files {
            0 => format!("Remove {path}"),
            _ => format!("Remove {path} with its {}", self.files()),
        };
        let away = away.attr("aria-label", label).with("Remove all");
        el("div", "file-holds").with((span("").with(text), away))
    }
}

#[cfg(test)]
mod tests {
    use lanescope_protocol::PartOf;

    use super::super::words::tests::file;
    use super::*;

    #[test]
    fn what_lies_in_an_archive_is_counted_through_those_in_it() {
        let of = |path: &str, format: &str, runs: &[&str]| {
            let mut file = file(path, "ok", 0);
            file.format = format.to_owned();
            file.tests = 2;
            file.part_of = runs.iter().map(|run| PartOf { run: (*run).to_owned(), ..PartOf::default() }).collect();
            file
        };
        let all = [
            of("a.zip", "zip", &[]),
            of("a.zip!b.tar", "tar", &[]),
            of("a.zip!b.tar!x.xml", "junit-xml", &["1"]),
            of("a.zip!y.xml", "junit-xml", &["2"]),
            of("a.zip!z.log", "xdist-console-log", &["1", "2"]),
            of("a.zip2", "junit-xml", &["3"]),
        ];
        assert_eq!(Holds::of("a.zip", &all), Holds { files: 3, runs: 2, tests: 6 });
        assert_eq!(Holds::of("a.zip!b.tar", &all), Holds { files: 1, runs: 1, tests: 2 });
        assert_eq!(Holds::of("a", &all), Holds::default());
    }
}
