//! The order of the sections, and what stands there without a run.

use leptos::prelude::*;

use lanescope_ui::shell::dom;
use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, div, el, live, nodes, when};

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

/// The sections, one a frame: together they would hold the page up.
fn sections(state: State) -> El {
    let turn = RwSignal::new(0_u8);
    take_turns(turn);
    let what_if = move || {
        let under = "Replayed by the rules of the runner; the address keeps what you set";
        section("what-if", "What if", under, div("what-if").with((controls::controls(state), what_if::result(state))))
    };
    let curves =
        move || section("curves", "More workers, other modes", "Every point is a whole replay", curves::curves(state));
    let measured =
        move || section("measured", "Measured", "Runs of the same tests beside each other", measured::measured(state));
    let spread = move || section("spread", "Where the time goes", "All attempts, as recorded", spread::spread(state));
    let files =
        move || section("take-home", "Take it home", "Files that bring the plan about", take_home::take_home(state));
    let at = move |place: u8| move || turn.get() >= place;
    div("lab-sections").with((
        verdict::verdict(state),
        when(at(1), what_if),
        when(at(2), curves),
        when(at(3), measured),
        when(at(4), spread),
        when(at(5), files),
    ))
}

fn take_turns(turn: RwSignal<u8>) {
    dom::next_frame(move || {
        // The view may be gone by now.
        if let Some(now) = turn.try_get_untracked() {
            turn.set(now + 1);
            if now < 5 {
                take_turns(turn);
            }
        }
    });
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
