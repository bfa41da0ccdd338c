//! The sample in the formats of pytest.

use std::fmt::Write;

use crate::{Attempt, End, Sample};

const TRACE: &str =
    "def test_does():\n>       assert answer() == 42\nE       assert 41 == 42\n\ntests/test_mod.py:7: AssertionError";

fn s(us: i64) -> f64 {
    us as f64 / 1e6
}

/// Writing to a `String` cannot fail.
fn put(out: &mut String, args: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(args);
}

impl Sample {
    /// As pytest-reportlog writes it: one line per phase.
    #[must_use]
    pub fn reportlog(&self) -> String {
        let mut out = String::with_capacity(self.attempts.len() * 1000);
        out.push_str("{\"pytest_version\": \"9.2.0\", \"$report_type\": \"SessionStart\"}\n");
        for a in &self.attempts {
            let body_outcome = match a.end {
                End::Passed => "passed",
                End::Failed => "failed",
                End::Rerun => "rerun",
                End::Skipped => "skipped",
            };
            let mut at = a.start_us;
            if a.end == End::Skipped {
                self.phase(&mut out, a, "setup", "skipped", at, a.setup_us);
            } else {
                self.phase(&mut out, a, "setup", "passed", at, a.setup_us);
                at += a.setup_us;
                self.phase(&mut out, a, "call", body_outcome, at, a.call_us);
            }
            at = a.stop_us() - a.teardown_us;
            self.phase(&mut out, a, "teardown", "passed", at, a.teardown_us);
        }
        out.push_str("{\"exitstatus\": 1, \"$report_type\": \"SessionFinish\"}\n");
        out
    }

    fn phase(&self, out: &mut String, a: &Attempt, when: &str, outcome: &str, at_us: i64, us: i64) {
        let id = Sample::id(a.test);
        let (file, name) = id.split_once("::").unwrap_or((&id, ""));
        let domain = name.replace("::", ".");
        let start = s(Self::START_US + at_us);
        let longrepr = match outcome {
            "failed" | "rerun" => format!(
                "{{\"reprcrash\": {{\"path\": \"{file}\", \"lineno\": 7, \"message\": \"assert 41 == 42\"}}, \
                 \"reprtraceback\": {{\"reprentries\": [{{\"type\": \"ReprEntry\", \"data\": {{\"lines\": \
                 [\"    def test_does():\", \">       assert answer() == 42\", \"E       assert 41 == 42\"], \
                 \"reprfuncargs\": null, \"reprlocals\": null, \"reprfileloc\": {{\"path\": \"{file}\", \"lineno\": 7, \
                 \"message\": \"AssertionError\"}}, \"style\": \"long\"}}}}], \"extraline\": null, \"style\": \"long\"}}, \
                 \"sections\": [], \"chain\": []}}"
            ),
            "skipped" => format!("[\"{file}\", 7, \"Skipped: not here\"]"),
            _ => "null".to_owned(),
        };
        let worker = if self.spec.workers > 0 {
            format!(
                ", \"item_index\": {}, \"worker_id\": \"gw{}\", \"testrun_uid\": \"{:032x}\", \
                 \"node\": \"<WorkerController gw{}>\"",
                a.test, a.worker, self.spec.seed, a.worker
            )
        } else {
            String::new()
        };
        put(
            out,
            format_args!(
                "{{\"nodeid\": \"{id}\", \"location\": [\"{file}\", 6, \"{domain}\"], \"keywords\": {{\"{file}\": 1}}, \
                 \"outcome\": \"{outcome}\", \"longrepr\": {longrepr}, \"when\": \"{when}\", \"user_properties\": [], \
                 \"sections\": [], \"duration\": {:.6}, \"start\": {start:.6}, \"stop\": {:.6}{worker}, \
                 \"$report_type\": \"TestReport\"}}\n",
                s(us),
                start + s(us),
            ),
        );
    }

    /// As pytest writes JUnit XML (xunit2): no workers, no starts, every attempt a testcase, and those that are
    /// run again without their failure.
    #[must_use]
    pub fn junit(&self) -> String {
        let mut out = String::with_capacity(self.attempts.len() * 200);
        let count = |end| self.attempts.iter().filter(|a| a.end == end).count();
        put(
            &mut out,
            format_args!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites name=\"pytest tests\"><testsuite name=\"pytest\" \
                 errors=\"0\" failures=\"{}\" skipped=\"{}\" tests=\"{}\" time=\"{:.3}\" \
                 timestamp=\"2026-03-02T08:12:39.500000+00:00\" hostname=\"sample\">",
                count(End::Failed),
                count(End::Skipped),
                self.attempts.len(),
                s(self.session_us),
            ),
        );
        for a in &self.attempts {
            let id = Self::id(a.test);
            let (path, name) = id.rsplit_once("::").unwrap_or(("", &id));
            let class = path.replace(".py::", ".").replace('/', ".");
            put(
                &mut out,
                format_args!("<testcase classname=\"{class}\" name=\"{name}\" time=\"{:.3}\"", s(a.total_us())),
            );
            match a.end {
                End::Passed | End::Rerun => out.push_str(" />"),
                End::Failed => {
                    let trace = TRACE.replace('>', "&gt;");
                    put(&mut out, format_args!("><failure message=\"assert 41 == 42\">{trace}</failure></testcase>"));
                }
                End::Skipped => out.push_str(
                    "><skipped type=\"pytest.skip\" message=\"not here\">tests/test_mod.py:7: not here</skipped></testcase>",
                ),
            }
        }
        out.push_str("</testsuite></testsuites>\n");
        out
    }

    /// The console log of `pytest -v -n …`, each line with the time at which a CI service read it.
    #[must_use]
    pub fn timestamped_log(&self) -> String {
        let mut lines: Vec<(i64, String)> = Vec::new();
        let n = self.attempts.len().max(1);
        let mut done = 0;
        for a in &self.attempts {
            let id = Self::id(a.test);
            lines.push((a.start_us, format!("{id} ")));
            done += usize::from(a.end != End::Rerun);
            let word = match a.end {
                End::Passed => "PASSED",
                End::Failed => "FAILED",
                End::Rerun => "RERUN",
                End::Skipped => "SKIPPED",
            };
            let percent = done * 100 / n;
            lines.push((a.stop_us() - a.teardown_us, format!("[gw{}] [{percent:3}%] {word} {id} ", a.worker)));
        }
        lines.sort();
        let mut out = String::new();
        let mut put = |at_us: i64, text: &str| {
            let us = Self::START_US + at_us;
            let (day_s, us) = (us.div_euclid(1_000_000).rem_euclid(86_400), us.rem_euclid(1_000_000));
            let (h, m, s) = (day_s / 3600, day_s / 60 % 60, day_s % 60);
            put(&mut out, format_args!("2026-03-02T{h:02}:{m:02}:{s:02}.{us:06}0Z {text}\n"));
        };
        let workers = self.spec.workers.max(1);
        put(-Self::START_UP_US, &format!("{} test session starts {}", "=".repeat(30), "=".repeat(30)));
        put(-Self::START_UP_US, &format!("created: {workers}/{workers} workers"));
        put(-100_000, &format!("{workers} workers [{} items]", self.spec.tests));
        put(-100_000, "scheduling tests via LoadScheduling");
        for (at, text) in &lines {
            put(*at, text);
        }
        let end = self.session_us - Self::START_UP_US;
        let passed = self.attempts.iter().filter(|a| a.end == End::Passed).count();
        put(end, &format!("{} {passed} passed in {:.2}s {}", "=".repeat(20), s(self.session_us), "=".repeat(20)));
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::{Sample, Spec};

    #[test]
    fn each_format_has_its_lines() {
        let sample = Sample::new(Spec { tests: 50, workers: 2, failing: 0.2, flaky: 0.2, seed: 3 });
        assert!(sample.reportlog().lines().all(|l| l.starts_with('{') && l.ends_with('}')));
        assert_eq!(sample.junit().matches("<testcase ").count(), sample.attempts.len());
        assert!(sample.timestamped_log().contains("RERUN"));
        assert!(sample.timestamped_log().lines().all(|l| l.starts_with("2026-03-02T08:12:")));
    }
}
