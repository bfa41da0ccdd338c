//! From the model's terms to those of the protocol.

use lanescope_ingest::{FileReport, Part, Rule};
use lanescope_model::{Issue, Severity, us_to_s};
use lanescope_protocol::{FileSummary, JoinRule, Message, PartOf, Provenance};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(crate) fn provenance(of: lanescope_model::Provenance) -> Provenance {
    match of {
        lanescope_model::Provenance::Recorded => Provenance::Recorded,
        lanescope_model::Provenance::Rebuilt => Provenance::Rebuilt,
        lanescope_model::Provenance::Simulated => Provenance::Simulated,
        lanescope_model::Provenance::Unknown => Provenance::Unknown,
    }
}

pub(crate) fn message(issue: &Issue) -> Message {
    Message {
        severity: issue.severity.as_str().to_owned(),
        at: issue.at.as_ref().map(ToString::to_string),
        text: issue.text.clone(),
    }
}

/// A file, with what its runs make of it.
pub(crate) fn file(report: &FileReport, remarks: &[Issue]) -> FileSummary {
    let issues = || report.issues.iter().chain(remarks);
    let worst = issues().map(|i| i.severity).max();
    let status = match worst {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Info) | None => "ok",
    };
    FileSummary {
        path: report.path.to_string(),
        format: report.format.as_str().to_owned(),
        dialect: report.dialect.clone(),
        status: status.to_owned(),
        tests: report.tests,
        bytes: report.bytes,
        messages: issues().map(message).collect(),
        archive: report.archive.as_deref().map(str::to_owned),
        no_report: report.no_report,
        part_of: Vec::new(),
    }
}

/// The place of a file in the run of this id.
pub(crate) fn part_of(run: &str, part: &Part) -> PartOf {
    let shard = part.shard.map(|s| match s.total {
        0 => s.current.to_string(),
        total => format!("{}/{total}", s.current),
    });
    PartOf { run: run.to_owned(), group: part.group.clone(), shard, attempt: part.attempt }
}

pub(crate) fn rule((rule, text): &(Rule, String)) -> JoinRule {
    JoinRule { code: rule.as_str().to_owned(), text: text.clone() }
}

/// A point in time as RFC 3339 in UTC; `None` beyond the years that this can write, and before 1980: such a clock counts
/// from the start of a run or a machine.
pub(crate) fn rfc3339(epoch_us: i64) -> Option<String> {
    if epoch_us < 315_532_800_000_000 {
        return None;
    }
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_us) * 1_000).ok()?;
    at.format(&Rfc3339).ok()
}

pub(crate) fn seconds(us: Option<i64>) -> Option<f64> {
    us.map(us_to_s)
}

/// An address only if it leads to a page: nothing a file says may run a script or open a program.
pub(crate) fn web_address(url: Option<&String>) -> Option<String> {
    let scheme_is = |url: &str, scheme: &str| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    url.filter(|url| scheme_is(url, "https://") || scheme_is(url, "http://")).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_pages_pass() {
        let given = |url: &str| web_address(Some(&url.to_owned()));
        assert!(given("https://ci.example/run/1").is_some());
        assert!(given("HTTP://ci.example/run/1").is_some());
        for bad in ["javascript:alert(1)", " https://x", "data:text/html,x", "file:///etc/passwd", "httpsé"] {
            assert_eq!(given(bad), None, "{bad}");
        }
    }

    #[test]
    fn points_in_time_are_written_in_utc() {
        assert_eq!(rfc3339(1_772_439_161_000_000).as_deref(), Some("2026-03-02T08:12:41Z"));
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
