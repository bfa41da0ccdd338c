//! The view `coverage`: which lines and branches the tests reach, and where they miss most.

mod head;
mod table;

use std::sync::Arc;

use leptos::prelude::*;

use lanescope_protocol::{CoverageBy, CoverageRequest, CoverageSort, CoverageView, ShelfAnswer, ShelfRequest};
use lanescope_ui::satellite::desk;
use lanescope_ui::ui::el::{El, div, el, later, live};

use super::empty::empty;
use super::measured::{Chosen, chosen, elsewhere, having, waiting};
use crate::state::Shelf;

/// Rows that are asked for.
const ROWS: u32 = 400;
/// Keys of the address.
const BY: &str = "by";
const ORDER: &str = "order";
const PATH: &str = "path";
const GATE: &str = "gate";

/// What the view rests on.
#[derive(Clone, Copy)]
struct Coverage {
    shelf: Shelf,
    runs: Memo<Vec<(String, String)>>,
    chosen: Memo<Chosen>,
    view: RwSignal<Option<Arc<CoverageView>>>,
}

/// The view.
pub fn coverage_page(shelf: Shelf) -> El {
    let runs = having(shelf, "coverage");
    let coverage = Coverage { shelf, runs, chosen: chosen(shelf, runs, false), view: RwSignal::new(None) };
    let request = Memo::new(move |_| {
        let Chosen::Run { id, with, ready: true } = coverage.chosen.get() else { return None };
        Some(shelf.route.with(|route| CoverageRequest {
            run: id,
            with,
            by: if route.of(BY) == Some("folder") { CoverageBy::Folder } else { CoverageBy::File },
            sort: match route.of(ORDER) {
                Some("share") => CoverageSort::Rate,
                Some("path") => CoverageSort::Path,
                Some("lost") => CoverageSort::Lost,
                _ => CoverageSort::Missed,
            },
            query: route.of(PATH).unwrap_or("").to_owned(),
            limit: ROWS,
        }))
    });
    later(move || {
        let Some(asked) = request.get() else { return };
        desk::ask(&ShelfRequest::Coverage(asked.clone()), move |answer: ShelfAnswer, _| {
            // The view may be gone, or have asked for something else.
            let same = request.try_get_untracked().flatten().as_ref() == Some(&asked);
            if let (true, ShelfAnswer::Coverage(view)) = (same, answer) {
                coverage.view.set(Some(Arc::from(view)));
            }
        });
    });
    let state = Memo::new(move |_| match coverage.chosen.get() {
        Chosen::Run { .. } if coverage.view.with(Option::is_some) => None,
        Chosen::Run { .. } => Some(Chosen::Waiting),
        other => Some(other),
    });
    el("section", "lab-page shelf-page coverage-page").with(live(move || match state.get() {
        None => div("measures").with((head::head(coverage), table::table(coverage))),
        Some(Chosen::Nothing) => nothing(),
        Some(Chosen::Elsewhere(runs)) => elsewhere("coverage", &runs),
        Some(_) => waiting(shelf),
    }))
}

fn nothing() -> El {
    empty(
        "No coverage was opened",
        "Drop a coverage report beside the test results, and this view says how much of the program they reach, which lines \
         they miss, and whether a gate holds.",
        &[
            ("pytest with coverage.py", "pytest -n auto --cov --cov-branch --cov-report=xml --cov-report=json"),
            ("cargo-llvm-cov", "cargo llvm-cov nextest --lcov --output-path lcov.info"),
            ("Vitest", "npx vitest run --coverage --coverage.reporter=json"),
            ("Jest", "npx jest --coverage --coverageReporters=json"),
            ("JaCoCo, in Gradle", "./gradlew test jacocoTestReport"),
        ],
    )
}
