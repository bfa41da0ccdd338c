//! Figures with how they are known: plain when recorded, with a mark when rebuilt or simulated, greyed when unknown.

use lanescope_protocol::Provenance;

use crate::state::number;
use crate::ui::el::{El, span};

fn explain(known: Provenance) -> &'static str {
    match known {
        Provenance::Recorded => "Recorded: it stands in a file.",
        Provenance::Rebuilt => "Rebuilt: it follows from recorded times.",
        Provenance::Simulated => "Simulated: it comes from a model and did not happen that way.",
        Provenance::Unknown => "Unknown: no file tells.",
    }
}

/// A small mark for what is not recorded; nothing for what is.
pub fn known(known: Provenance) -> Option<El> {
    let mark = match known {
        Provenance::Recorded => return None,
        Provenance::Rebuilt => "rebuilt",
        Provenance::Simulated => "simulated",
        Provenance::Unknown => "unknown",
    };
    let mark = span("known").attr("data-known", mark).attr("title", explain(known)).attr("tabindex", "0").with(mark);
    Some(mark)
}

/// A figure of the summary, under its name of the interface, with its raw value and provenance in the page. The text
/// is the value for people; a dash stands where it is unknown.
pub fn metric(name: &str, value: Option<f64>, text: &str, known: Option<Provenance>) -> El {
    let known = known.map(|k| if value.is_none() { Provenance::Unknown } else { k });
    let metric = span("metric").attr("data-metric", name);
    let metric = metric.attr("data-value", value.map(number::plain).unwrap_or_default());
    let metric =
        metric.attr_opt("data-provenance", known.map(Provenance::as_str)).attr_opt("title", known.map(explain));
    metric.with(if value.is_some() { text } else { "–" })
}
