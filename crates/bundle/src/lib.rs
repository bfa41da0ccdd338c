//! One HTML file out of a viewer and what was read.
//!
//! `cargo xtask build` makes the viewer, `dist/viewer.html`: page, satellites and workers in one file, without readers,
//! with three places left open. The command fills them from files, the page may fill them with what it shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lanescope_protocol::{Answer, Request};

/// Where the title stands in the viewer.
pub const TITLE: &str = "{{lanescope:title}}";
/// Where the report stands: base64 of gzip of what `ingest::codec::encode` wrote.
pub const DATA: &str = "{{lanescope:data}}";
/// Where the numbers of the messages stand that the file's own reader takes and gives, and what the report says of itself.
pub const WIRE: &str = "{{lanescope:wire}}";

/// The text is no viewer: one of the three places is missing, or there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoViewer;

/// What a report says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Title of the document.
    pub title: &'a str,
    /// Address of a page on a host, where other files can be opened and links to these runs lead.
    pub app: Option<&'a str>,
    /// The rule by which its files become runs, where it is not the usual one.
    pub join: Option<&'a str>,
}

/// The viewer with a report in it. `packed` is gzip of the bytes that a reader hands to the engine.
///
/// Nothing of the report can end the element that holds it: base64 has no `<`, and of the title every character that
/// means something in HTML is written as a reference.
///
/// # Errors
/// When `viewer` is no viewer.
pub fn assemble(viewer: &str, packed: &[u8], about: &About<'_>) -> Result<String, NoViewer> {
    let (head, rest) = once(viewer, TITLE)?;
    let (middle, rest) = once(rest, WIRE)?;
    let (before, after) = once(rest, DATA)?;
    let mut out = String::with_capacity(viewer.len() + about.title.len() + packed.len() / 3 * 4 + 200);
    out.push_str(head);
    escape(about.title, &mut out);
    out.push_str(middle);
    escape(&wire(about), &mut out);
    out.push_str(before);
    STANDARD.encode_string(packed, &mut out);
    out.push_str(after);
    Ok(out)
}

/// What stands before and behind a place that is there once.
fn once<'a>(text: &'a str, place: &str) -> Result<(&'a str, &'a str), NoViewer> {
    let (before, after) = text.split_once(place).ok_or(NoViewer)?;
    if after.contains(place) { Err(NoViewer) } else { Ok((before, after)) }
}

/// Text as it may stand in an element or in an attribute.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Would end a line of an editor or a log, and no title needs them.
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
}

/// The numbers as JSON. The script in the viewer knows no postcard: it reads the number of a question, and answers with
/// the same version and number in front of one of these.
fn wire(about: &About<'_>) -> String {
    let first = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| bytes.first().copied()).unwrap_or_default();
    let open = first(postcard::to_allocvec(&Request::Open { paths: Vec::new() }).ok());
    let read = first(postcard::to_allocvec(&Answer::Read).ok());
    let failed = first(postcard::to_allocvec(&Answer::Failed { text: String::new() }).ok());
    let mut json = format!("{{\"open\":{open},\"read\":{read},\"failed\":{failed}");
    for (name, text) in [("app", about.app), ("join", about.join)] {
        if let Some(text) = text {
            json.push_str(&format!(",\"{name}\":\"{}\"", quoted(text)));
        }
    }
    json.push('}');
    json
}

/// A text as it stands between the quotes of JSON.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use lanescope_protocol::{FromEngine, ToEngine, VERSION};
    use proptest::prelude::*;

    use super::*;

    const VIEWER: &str =
        "<title>{{lanescope:title}}</title><script data-wire=\"{{lanescope:wire}}\">{{lanescope:data}}</script>";

    fn titled(title: &str) -> About<'_> {
        About { title, ..About::default() }
    }

    #[test]
    fn the_places_are_filled() {
        let html = assemble(VIEWER, b"abc", &titled("nightly")).unwrap();
        assert!(html.starts_with("<title>nightly</title>"), "{html}");
        assert!(html.ends_with(">YWJj</script>"), "{html}");
        assert!(html.contains("{&quot;open&quot;:1,"), "{html}");
    }

    #[test]
    fn what_a_report_says_of_itself_is_json() {
        let about = About { title: "", app: Some("https://h.example/a/"), join: Some("file\na\"b\\.xml\tx\u{7}") };
        assert!(
            wire(&about).ends_with(r#","app":"https://h.example/a/","join":"file\na\"b\\.xml\tx "}"#),
            "{}",
            wire(&about)
        );
    }

    #[test]
    fn a_text_without_the_places_or_with_one_twice_is_no_viewer() {
        assert_eq!(assemble("<title></title>", b"", &About::default()), Err(NoViewer));
        let twice = format!("{VIEWER}{DATA}");
        assert_eq!(assemble(&twice, b"", &About::default()), Err(NoViewer));
    }

    #[test]
    fn a_message_begins_with_version_number_and_kind() {
        // The viewer's script reads and writes these by hand.
        let question = ToEngine { v: VERSION, id: 300, body: Request::Open { paths: vec!["a".to_owned()] } };
        let bytes = postcard::to_allocvec(&question).unwrap();
        const { assert!(VERSION < 128, "the version takes one byte") };
        assert_eq!(bytes, [VERSION as u8, 0xac, 2, 1, 1, 1, b'a']);
        let answer = postcard::to_allocvec(&FromEngine { v: VERSION, id: 300, body: Answer::Read }).unwrap();
        assert_eq!(answer, [VERSION as u8, 0xac, 2, 2]);
        let text = Answer::Failed { text: "no".to_owned() };
        let failed = postcard::to_allocvec(&FromEngine { v: VERSION, id: 1, body: text }).unwrap();
        let kind = *failed.get(2).unwrap();
        assert!(wire(&About::default()).ends_with(&format!("\"failed\":{kind}}}")));
        assert_eq!(failed.get(3..).unwrap(), [2, b'n', b'o']);
    }

    proptest! {
        #[test]
        fn no_title_and_no_report_adds_an_element(title in ".*", join in ".*", packed in proptest::collection::vec(any::<u8>(), 0..200)) {
            let html = assemble(VIEWER, &packed, &About { title: &title, app: None, join: Some(&join) }).unwrap();
            prop_assert_eq!(html.matches('<').count(), VIEWER.matches('<').count());
            prop_assert_eq!(html.matches('>').count(), VIEWER.matches('>').count());
            prop_assert_eq!(html.matches('"').count(), VIEWER.matches('"').count());
        }
    }
}
