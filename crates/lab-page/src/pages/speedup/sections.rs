//! The order of the sections, and what stands there without a run.

use leptos::prelude::*;

use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, div, el, live, nodes};

use super::state::State;
use super::words::section;
use super::{controls, curves, measured, spread, take_home, verdict, what_if};
use crate::state::Lab;

/// The view.
pub fn speedup_page(lab: Lab) -> El {
    let state = State::new(lab);
    let there = Memo::new(move |_| lab.runs.with(|runs| !runs.is_empty()));
    let shown = move || if there.get() { untrack(|| nodes(sections(state))) } else { nodes(nothing()) };
    let said = move || lab.said.get().map(|text| el("p", "lab-said").attr("role", "alert").with(text));
    el("section", "lab-page speedup").with((live(said), live(shown)))
}

fn sections(state: State) -> El {
    let under = "Replayed by the rules of the runner; the address keeps what you set";
    let what_if = div("what-if").with((controls::controls(state), what_if::result(state)));
    div("lab-sections").with((
        verdict::verdict(state),
        section("what-if", "What if", under, what_if),
        section("curves", "More workers, other modes", "Every point is a whole replay", curves::curves(state)),
        section("measured", "Measured", "Runs of the same tests beside each other", measured::measured(state)),
        section("spread", "Where the time goes", "All attempts, as recorded", spread::spread(state)),
        section("take-home", "Take it home", "Files that bring the plan about", take_home::take_home(state)),
    ))
}

fn nothing() -> El {
    div("empty").with((
        el("h1", "").with("Open a run to see what holds it up"),
        el("p", "").with(
            "The lab replays a run with other workers and modes. One report with times is enough; a sequential run of the \
             same tests beside it gives a speedup, and a third one shows how it grows.",
        ),
        copy_text("pytest -n 4 --report-log=n4.jsonl"),
        copy_text("pytest -p no:xdist --report-log=seq.jsonl"),
        el("p", "quiet").with("Playwright (json or blob), nextest, Vitest, Go: any JUnit file does, with simulated lanes."),
    ))
}
