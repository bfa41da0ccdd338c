//! The fragment: `#/VIEW?KEY=VALUE&…`. All state that a link restores stands in it, and nothing of it is sent to
//! a host.

use std::fmt::Write;

use crate::state::number;

/// A view that the address can name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// What ran, how parallel, what to do next.
    #[default]
    Overview,
    /// A lane per worker.
    Timeline,
    /// The list of tests.
    Tests,
    /// A view of the laboratory, which is fetched when it is first shown.
    Lab(&'static str),
    /// A view of the shelf, which is fetched when it is first shown.
    Shelf(&'static str),
}

impl View {
    /// The views that have a tab, in their order; those from [`Self::SOMETIMES`] on only where there is something in them.
    pub const TABS: [Self; 10] = [
        Self::Overview,
        Self::Timeline,
        Self::Tests,
        Self::Lab("speedup"),
        Self::Lab("flaky"),
        Self::Lab("compare"),
        Self::Shelf("files"),
        Self::Shelf("share"),
        Self::Shelf("coverage"),
        Self::Shelf("benchmarks"),
    ];
    /// Index of the first tab that is not always there.
    pub const SOMETIMES: usize = 8;

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Timeline => "timeline",
            Self::Tests => "tests",
            Self::Lab(name) | Self::Shelf(name) => name,
        }
    }

    fn parse(word: &str) -> Self {
        let library = Self::Shelf("library");
        Self::TABS.into_iter().chain([library]).find(|view| view.as_str() == word).unwrap_or_default()
    }
}

/// Everything that the fragment says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// The view.
    pub view: View,
    /// Addresses to open.
    pub src: Vec<String>,
    /// The selected run.
    pub run: Option<String>,
    /// The test query.
    pub q: String,
    /// Outcomes chosen in the list of tests; empty for all.
    pub outcomes: Vec<String>,
    /// Order of the list of tests, as in the protocol's words.
    pub sort: Option<String>,
    /// The selected test.
    pub test: Option<String>,
    /// Visible time range, seconds from the run's start.
    pub from_s: Option<f64>,
    /// Right end of the visible time range.
    pub to_s: Option<f64>,
    /// The measured stretch of the timeline, seconds from the run's start.
    pub range: Option<(f64, f64)>,
    /// What the colours of the timeline say, as in the protocol's words; outcomes where missing.
    pub colour: Option<String>,
    /// A second run, shown under the selected one on the same clock.
    pub with: Option<String>,
    /// The open panel below the lanes.
    pub panel: Option<String>,
    /// Keys of other versions, kept as they came.
    pub rest: Vec<(String, String)>,
}

impl Route {
    /// The value of a key that only some views know.
    pub fn of(&self, key: &str) -> Option<&str> {
        self.rest.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Sets a key that only some views know, or takes it away.
    pub fn set(&mut self, key: &str, value: Option<&str>) {
        self.rest.retain(|(name, _)| name != key);
        self.rest.extend(value.map(|value| (key.to_owned(), value.to_owned())));
    }

    /// Reads a fragment, with or without `#`. What it does not know it keeps or ignores; nothing fails.
    pub fn parse(fragment: &str) -> Self {
        let fragment = fragment.trim_start_matches('#').trim_start_matches('/');
        let (view, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let mut route = Self { view: View::parse(view), ..Self::default() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            let seconds = || number::read(&value);
            match key {
                "src" => route.src.push(value),
                "run" => route.run = Some(value),
                "q" => route.q = value,
                "outcome" => route.outcomes = value.split(',').filter(|o| !o.is_empty()).map(str::to_owned).collect(),
                "sort" => route.sort = Some(value),
                "test" => route.test = Some(value),
                "from" => route.from_s = seconds(),
                "to" => route.to_s = seconds(),
                "range" => {
                    let ends = value.split_once(',').map(|(from, to)| (number::read(from), number::read(to)));
                    route.range = ends.and_then(|(from, to)| from.zip(to)).filter(|(from, to)| to > from);
                }
                "colour" => route.colour = Some(value),
                "with" => route.with = Some(value),
                "panel" => route.panel = Some(value),
                _ => route.rest.push((key.to_owned(), value)),
            }
        }
        route
    }

    /// The fragment, with `#`.
    pub fn to_fragment(&self) -> String {
        let mut out = format!("#/{}", self.view.as_str());
        let mut mark = '?';
        let mut put = |key: &str, value: &str| {
            let _ = write!(out, "{mark}{key}={}", encode(value));
            mark = '&';
        };
        self.src.iter().for_each(|src| put("src", src));
        if let Some(run) = &self.run {
            put("run", run);
        }
        if !self.q.is_empty() {
            put("q", &self.q);
        }
        if !self.outcomes.is_empty() {
            put("outcome", &self.outcomes.join(","));
        }
        if let Some(sort) = &self.sort {
            put("sort", sort);
        }
        if let Some(test) = &self.test {
            put("test", test);
        }
        if let (Some(from_s), Some(to_s)) = (self.from_s, self.to_s) {
            put("from", &short(from_s));
            put("to", &short(to_s));
        }
        if let Some((from_s, to_s)) = self.range {
            put("range", &(short(from_s) + "," + &short(to_s)));
        }
        for (key, value) in [("colour", &self.colour), ("with", &self.with), ("panel", &self.panel)] {
            if let Some(value) = value {
                put(key, value);
            }
        }
        self.rest.iter().for_each(|(key, value)| put(key, value));
        out
    }
}

/// Seconds with as many digits as a window of microseconds needs, and no more.
fn short(seconds: f64) -> String {
    let text = number::fixed(seconds, 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Percent-encodes what would end a value, be rewritten by the browser, or be cut by a chat program.
fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b',' | b'@' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn decode(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let hex = (byte == b'%').then(|| tail.get(..2)).flatten();
        let code = hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(code) = code {
            out.push(code);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            out.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_address_comes_back() {
        let route = Route {
            view: View::Timeline,
            src: vec!["demo/a b.xml".into(), "https://ci.example/x?y=1&z=ü".into()],
            run: Some("a1b2".into()),
            q: "marker:slow \"a & b\" 100% +x".into(),
            outcomes: vec!["failed".into(), "error".into()],
            sort: Some("duration".into()),
            test: Some("tests/test_ä.py::test[a=b&c#d]".into()),
            from_s: Some(1.25),
            to_s: Some(3.0),
            range: Some((1.5, 2.25)),
            colour: Some("file".into()),
            with: Some("c3".into()),
            panel: Some("end".into()),
            rest: vec![("later".into(), "kept".into())],
        };
        assert_eq!(Route::parse(&route.to_fragment()), route);
    }

    #[test]
    fn what_is_no_address_of_ours_shows_the_overview() {
        for fragment in ["", "#", "#/", "#/nowhere?x", "#%%%?q=%", "#/timeline?from=NaN&to=inf&range=3,1"] {
            let route = Route::parse(fragment);
            assert!(route.from_s.is_none() && route.range.is_none() && route.test.is_none(), "{fragment}");
        }
        assert_eq!(Route::parse("#/speedup").view, View::Lab("speedup"));
        assert_eq!(Route::parse("#/coverage").view, View::Shelf("coverage"));
        assert_eq!(Route::parse("#/library?x=1").view, View::Shelf("library"));
    }
}
