//! Text for other programs, each with its own way to escape.

use lanescope_model::{AttemptId, Run, TestId};

/// Text that grows.
#[derive(Default)]
pub(crate) struct Out(pub(crate) String);

impl Out {
    pub(crate) fn raw(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    pub(crate) fn int(&mut self, n: i64) -> &mut Self {
        self.raw(&n.to_string())
    }

    /// Microseconds as seconds, exactly; trailing zeros are left out.
    pub(crate) fn seconds(&mut self, us: i64) -> &mut Self {
        let (whole, part) = (us.unsigned_abs() / 1_000_000, us.unsigned_abs() % 1_000_000);
        self.raw(if us < 0 { "-" } else { "" }).raw(&whole.to_string());
        if part > 0 {
            let part = format!("{part:06}");
            self.raw(".").raw(part.trim_end_matches('0'));
        }
        self
    }

    /// A string of JSON, in quotes. What ends a script or is no text by itself is written as a reference.
    pub(crate) fn json(&mut self, text: &str) -> &mut Self {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                '<' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                    self.0.push_str(&format!("\\u{:04x}", u32::from(c)));
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
        self
    }

    /// Text of XML, fit for an attribute in double quotes too. XML 1.0 has no control characters: they are shown.
    pub(crate) fn xml(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\n' => self.0.push_str("&#10;"),
                '\r' => self.0.push_str("&#13;"),
                '\t' => self.0.push_str("&#9;"),
                c => self.0.push(allowed(c)),
            }
        }
        self
    }

    /// The same for long texts: as they stand, in CDATA, whose end is cut in two.
    pub(crate) fn cdata(&mut self, text: &str) -> &mut Self {
        self.raw("<![CDATA[");
        let text: String = text.chars().map(allowed).collect();
        let text = text.replace("]]>", "]]]]><![CDATA[>");
        self.raw(&text).raw("]]>")
    }

    /// A field of CSV. A text that a spreadsheet would run as a formula has an apostrophe before it.
    pub(crate) fn csv(&mut self, text: &str) -> &mut Self {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if !formula && !text.contains(['"', ',', '\n', '\r']) {
            return self.raw(text);
        }
        self.raw("\"").raw(if formula { "'" } else { "" }).raw(&text.replace('"', "\"\"")).raw("\"")
    }
}

/// What XML 1.0 has no place for is shown by the picture of it, or as a character that cannot be read.
fn allowed(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}

/// What other formats have no field for, of a run: names and values, in the order in which they are read back.
pub(crate) fn facts(run: &Run) -> Vec<(String, String)> {
    let meta = &run.meta;
    let mut facts = vec![("label".to_owned(), meta.label.clone())];
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push((name.to_owned(), value));
        }
    };
    let number = |us: Option<i64>| us.map(|us| us.to_string());
    let flag = |on: bool| on.then(|| "true".to_owned());
    add("commit", meta.commit.clone());
    add("branch", meta.branch.clone());
    add("url", meta.url.clone());
    add("dist_mode", meta.dist_mode.clone());
    add("declared_workers", number(meta.declared_workers.map(i64::from)));
    add("sequential", flag(meta.sequential));
    add("simulated", flag(meta.simulated));
    add("interrupted", flag(meta.interrupted));
    add("timeout_us", number(meta.timeout_us));
    add("session_start_us", number(meta.session.start_us));
    add("session_length_us", number(meta.session.length_us));
    for (name, value) in &meta.environment {
        add(&format!("environment.{name}"), Some(value.clone()));
    }
    for group in &run.groups {
        add("group", Some(run.strings.get(group.name).to_owned()));
    }
    for worker in &run.workers {
        let name = if worker.crashed { "worker.crashed" } else { "worker" };
        add(name, Some(run.strings.get(worker.name).to_owned()));
    }
    facts
}

/// The same of a test: its group and where its name begins, then attempt by attempt.
pub(crate) fn attempts(run: &Run, test: TestId, out: &mut Out) {
    if let Some(group) = run.tests.group(test) {
        out.int(i64::from(group.0));
    }
    out.raw(",").int(run.tests.name_at(test) as i64);
    let a = &run.attempts;
    for attempt in run.tests.attempts(test) {
        out.raw(";");
        if let Some(worker) = a.worker(attempt) {
            out.int(i64::from(worker.0));
        }
        let times =
            [a.start_us(attempt), a.stop_us(attempt), a.total_us(attempt), a.setup_us(attempt), a.teardown_us(attempt)];
        for us in times {
            out.raw(",");
            if let Some(us) = us {
                out.int(us);
            }
        }
        out.raw(",").raw(a.outcome(attempt).as_str());
    }
}

/// When the run began: its session, or its first test.
pub(crate) fn start_us(run: &Run) -> Option<i64> {
    run.meta.session.start_us.or_else(|| run.window_us().map(|(first, _)| first))
}

/// The last attempt of a test, and those before it.
pub(crate) fn last(run: &Run, test: TestId) -> (Option<AttemptId>, Vec<AttemptId>) {
    let mut rows: Vec<AttemptId> = run.tests.attempts(test).collect();
    let last = rows.pop();
    (last, rows)
}

/// The day of a point in time in UTC, such as `2026-03-02`.
#[must_use]
pub fn date(us: i64) -> String {
    rfc3339(us).split('T').next().unwrap_or_default().to_owned()
}

/// A point in time as RFC 3339 in UTC, with microseconds. The calendar is that of Howard Hinnant's `civil_from_days`.
pub(crate) fn rfc3339(us: i64) -> String {
    let (day, in_day) = (us.div_euclid(86_400_000_000), us.rem_euclid(86_400_000_000));
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (d, m) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let y = yoe + era * 400 + i64::from(m <= 2);
    let s = in_day / 1_000_000;
    let us = in_day % 1_000_000;
    format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}.{us:06}Z", s / 3600, s / 60 % 60, s % 60)
}
