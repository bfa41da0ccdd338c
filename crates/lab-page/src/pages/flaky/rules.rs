//! The definitions that are applied, in words, and the runs that they set aside.

use lanescope_ui::ui::el::{El, div, el, span};

use crate::pages::flaky::story::Story;
use crate::pages::flaky::words;

/// The panel.
pub fn rules(story: Story) -> El {
    let Some(overview) = story.runs() else { return div("") };
    let aside: Vec<El> = overview
        .runs
        .iter()
        .filter_map(|run| {
            let why = run.set_aside.as_ref()?;
            let link = el("a", "").attr("href", run_address("overview", &run.id)).with(words::run_line(run));
            Some(
                el("li", "")
                    .attr("data-set-aside", run.number.to_string())
                    .with((link, span("").with(format!(": {why}")))),
            )
        })
        .collect();
    let set_aside = if aside.is_empty() {
        el("p", "quiet").with("No run was set aside: in none did an unusual share of the tests fail.")
    } else {
        el("ul", "aside-list").with(aside)
    };
    let rules = overview.rules.iter().map(|rule| el("li", "").with(rule.as_str())).collect::<Vec<_>>();
    div("rules").with((
        el("section", "").with((el("h3", "").with("Runs set aside"), set_aside)),
        el("section", "").with((el("h3", "").with("How it is decided"), el("ol", "rules-list").with(rules))),
    ))
}

/// The address of a view of a run.
pub fn run_address(view: &str, run: &str) -> String {
    let route = lanescope_ui::state::Route { run: Some(run.to_owned()), ..Default::default() };
    let fragment = route.to_fragment();
    let query = fragment.split_once('?').map_or("", |(_, query)| query);
    format!("#/{view}?{query}")
}
