//! An index of runs that was opened as a file.

use lanescope_model::Severity;

use crate::shared::load_bytes;

/// Format, dialect, the worst message and its severity.
fn told(content: &str) -> (&'static str, Option<String>, Severity, String) {
    let loaded = load_bytes(content.as_bytes().to_vec());
    assert!(loaded.sources.is_empty());
    let [issue] = loaded.report.issues.as_slice() else { panic!("{:?}", loaded.report.issues) };
    (loaded.report.format.as_str(), loaded.report.dialect, issue.severity, issue.text.clone())
}

#[test]
fn an_index_is_named_with_what_can_be_fetched_and_what_cannot() {
    let (format, dialect, severity, text) =
        told(r#"{"lanescope": "index/1", "runs": ["a.zip", "https://ci.example/b.xml", "http://x/c", "ftp://x/d"]}"#);
    assert_eq!((format, dialect.as_deref(), severity), ("lanescope-index", Some("2 files"), Severity::Warning));
    assert!(text.contains("an index of 4 files") && text.contains("2 can be fetched"), "{text}");
    assert!(text.contains("2 stand beside it") && text.contains("#/?src="), "{text}");
    let (_, dialect, _, text) = told(r#"{"runs": ["https://ci.example/b.xml"], "lanescope": "index/1"}"#);
    assert_eq!(dialect.as_deref(), Some("1 file"));
    assert!(!text.contains("src="), "{text}");
    let (_, dialect, _, text) = told("\u{feff}{\"lanescope\": \"index/1\",\n \"runs\": [\"a\", {\"x\": 1}, 7]}");
    assert_eq!(dialect, None);
    assert!(text.contains("they stand beside it"), "{text}");
}

#[test]
fn an_index_without_runs_or_of_endless_ones_is_an_error() {
    for content in [
        r#"{"lanescope": "index/1", "runs": []}"#.to_owned(),
        r#"{"lanescope": "index/1"}"#.to_owned(),
        r#"{"lanescope": "index/1", "runs": ["https://a", "#.to_owned(),
        format!(r#"{{"lanescope": "index/1", "runs": ["https://a{}"]}}"#, " ".repeat(1_000_000)),
    ] {
        let (format, dialect, severity, _) = told(&content);
        assert_eq!((format, dialect, severity), ("lanescope-index", None, Severity::Error));
    }
}
