//! Figures with how they are known: plain when recorded, with a mark when rebuilt or simulated, greyed when unknown.

use lanescope_protocol::Provenance;
use leptos::prelude::*;

fn explain(known: Provenance) -> &'static str {
    match known {
        Provenance::Recorded => "Recorded: it stands in a file.",
        Provenance::Rebuilt => "Rebuilt: it follows from recorded times.",
        Provenance::Simulated => "Simulated: it comes from a model and did not happen that way.",
        Provenance::Unknown => "Unknown: no file tells.",
    }
}

/// A small mark for what is not recorded; nothing for what is.
#[component]
pub fn Known(
    /// How the figure is known.
    known: Provenance,
) -> impl IntoView {
    let mark = match known {
        Provenance::Recorded => return None,
        Provenance::Rebuilt => "rebuilt",
        Provenance::Simulated => "simulated",
        Provenance::Unknown => "unknown",
    };
    Some(view! { <span class="known" data-known=mark title=explain(known) tabindex="0">{mark}</span> })
}

/// A figure of the summary, under its name of the interface, with its raw value and provenance in the page.
#[component]
pub fn Metric(
    /// Name as in `summary --json`.
    name: &'static str,
    /// The value, unrounded.
    value: Option<f64>,
    /// The value for people; a dash where unknown.
    #[prop(into)]
    text: String,
    /// How it is known, where that matters.
    #[prop(optional_no_strip)]
    known: Option<Provenance>,
) -> impl IntoView {
    let shown = if value.is_some() { text } else { "–".to_owned() };
    let known = known.map(|k| if value.is_none() { Provenance::Unknown } else { k });
    view! {
        <span
            class="metric"
            data-metric=name
            data-value=value.map(|v| v.to_string()).unwrap_or_default()
            data-provenance=known.map(Provenance::as_str)
            title=known.map(explain)
        >
            {shown}
        </span>
    }
}
