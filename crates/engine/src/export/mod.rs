//! A run as a file for other programs: a Chrome trace, a table, a picture.

mod chrome;
mod csv;
mod out;
mod picture;
mod svg;

use std::sync::Arc;

use lanescope_analysis::Layout;
use lanescope_model::{AttemptId, Run};
use lanescope_protocol::{ExportKind, ExportRequest};

use crate::run_state::RunState;

/// A file to save.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) mime: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// What is exported.
struct Exported<'a> {
    id: &'a str,
    label: &'a str,
    run: &'a Run,
    layout: &'a Layout,
    /// The lanes in the order asked for, as rows of the layout.
    order: Vec<u32>,
}

impl Exported<'_> {
    /// Setup, body and teardown of an attempt, microseconds, none longer than `most` together.
    fn phases(&self, attempt: AttemptId, most: i64) -> Option<[i64; 3]> {
        let setup = self.run.attempts.setup_us(attempt)?.clamp(0, most);
        let teardown = self.run.attempts.teardown_us(attempt)?.clamp(0, most - setup);
        let call = self.run.attempts.call_us(attempt)?.clamp(0, most - setup - teardown);
        Some([setup, call, teardown])
    }
}

/// Makes the file asked for.
pub(crate) fn export(state: &mut RunState, asked: &ExportRequest) -> File {
    let (run, id) = (Arc::clone(&state.run), state.id.clone());
    let chosen = state.choose(asked.timeline.workers);
    let (layout, kept) = state.lanes(chosen);
    let order = kept.order(layout, asked.timeline.sort).rows.clone();
    let label = if run.meta.label.is_empty() { &id } else { &run.meta.label };
    let exported = Exported { id: &id, label, run: &run, layout, order };
    let (ending, mime, bytes) = match asked.kind {
        ExportKind::ChromeTrace => ("trace.json", "application/json", chrome::trace(&exported)),
        ExportKind::LanesCsv => ("lanes.csv", "text/csv;charset=utf-8", csv::lanes(&exported)),
        ExportKind::Svg => ("timeline.svg", "image/svg+xml", picture::svg(&exported, asked)),
    };
    File { name: format!("{}.{ending}", file_name(label)), mime, bytes }
}

/// A name that every file system takes.
fn file_name(label: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = label.chars().take(80).map(plain).collect();
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() { "run".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_hold_nothing_odd() {
        assert_eq!(file_name("ci / unit (3.12)"), "ci---unit--3.12");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name("…"), "run");
    }
}
