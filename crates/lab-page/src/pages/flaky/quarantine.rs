//! Lists to take home: tests kept out of the way, in the form that a runner reads.

use lanescope_protocol::{HistoryAnswer, HistoryRequest, Quarantine};
use leptos::prelude::*;

use lanescope_ui::shell::save;
use lanescope_ui::ui::el::{El, button, div, el, later, nodes, span};
use lanescope_ui::ui::{copy_button, format, icon};

use crate::pages::flaky::story::{FORM, Story, ask, go, key};

/// The forms: word in the address, name, how it is used.
const FORMS: [(Quarantine, &str, &str, &str); 7] = [
    (
        Quarantine::PytestDeselect,
        "deselect",
        "pytest, deselect",
        "pytest @deselect.txt leaves these tests out (pytest 8.2 or later).",
    ),
    (
        Quarantine::PytestConftest,
        "conftest",
        "pytest, conftest",
        "Put beside the tests, it marks them xfail, not strict: they run, and do not fail the run.",
    ),
    (
        Quarantine::Surefire,
        "surefire",
        "Surefire",
        "mvn test -Dsurefire.excludesFile=surefire-excludes.txt leaves these tests out.",
    ),
    (
        Quarantine::Nextest,
        "nextest",
        "nextest",
        "cargo nextest run -E \"$(cat nextest-filter.txt)\" leaves these tests out.",
    ),
    (
        Quarantine::Playwright,
        "playwright",
        "Playwright",
        "npx playwright test --grep-invert \"$(cat grep-invert.txt)\" leaves these tests out.",
    ),
    (Quarantine::Json, "json", "JSON", "For anything else: each test with its class and figures."),
    (Quarantine::Markdown, "markdown", "Markdown", "For an issue: each test with its evidence."),
];

/// The panel.
pub fn quarantine(story: Story) -> El {
    let form = Memo::new(move |_| {
        let word = story.lab.route.with(|route| key(route, FORM));
        FORMS.iter().position(|form| form.1 == word).unwrap_or(0)
    });
    let file = RwSignal::new(None::<(String, String)>);
    later(move || {
        let Some(&(form, ..)) = FORMS.get(form.get()) else { return };
        let tests = story.chosen.get();
        story.question.track();
        ask(HistoryRequest::Quarantine { form, tests }, move |answer| {
            if let HistoryAnswer::Quarantine { name, text } = answer {
                let _ = file.try_set(Some((name, text)));
            }
        });
    });
    let segs = FORMS.iter().enumerate().fold(
        div("segs").attr("role", "group").attr("aria-label", "Form"),
        |segs, (at, of)| {
            let word = if at == 0 { "" } else { of.1 };
            let press = button("seg", move || go(FORM, word, false)).attr("data-form", of.1);
            segs.with(press.live_attr("aria-pressed", move || (form.get() == at).to_string()).with(of.2))
        },
    );
    let which = el("p", "").live(move || {
        let chosen = story.chosen.with(Vec::len);
        if chosen == 0 {
            let flaky = story.overview.with(|o| o.as_ref().map_or(0, |o| o.classes[0]));
            return nodes((
                format!("All {}. ", format::plural(flaky.into(), "flaky test", "flaky tests")),
                span("quiet").with("Choose tests by their boxes in the ranking for fewer."),
            ));
        }
        let clear = button("link", move || story.chosen.set(Vec::new())).with("Take all flaky ones instead");
        nodes((format!("{}. ", format::plural(chosen as u64, "chosen test", "chosen tests")), clear))
    });
    let usage = el("p", "quiet").live_text(move || FORMS.get(form.get()).map_or("", |form| form.3).to_owned());
    let body = div("quarantine-file").live(move || {
        file.with(|file| {
            let (name, text) = file.as_ref()?;
            let (as_name, as_text) = (name.clone(), text.clone());
            let press =
                button("button small", move || save::bytes(as_text.as_bytes(), "text/plain;charset=utf-8", &as_name));
            let press = press.attr("data-save", name).with((icon("down"), format!("Save {name}")));
            let tools = div("quarantine-tools").with((
                el("code", "").with(name.as_str()),
                span("spring"),
                copy_button(text.clone(), "Copy", false),
                press,
            ));
            Some((tools, el("pre", "quarantine-text").attr("tabindex", "0").attr("data-text", "").with(text.as_str())))
        })
    });
    let aside = el("p", "quarantine-why quiet").with("A test out of the way still has its fault. Put it back when it has passed often enough: its own page says how often that is.");
    div("quarantine").with((which, segs, usage, body, aside))
}
