//! What the views of a history share: the overview, once all runs are with the worker, and the keys of the address.

use std::sync::Arc;

use lanescope_protocol::{
    FlakyClass, FlakyOverview, FlakyRequest, FlakyTest, HistoryAnswer, HistoryRequest, HistoryRun, LabAnswer,
    LabRequest,
};
use leptos::prelude::*;

use lanescope_ui::state::Route;
use lanescope_ui::ui::el::later;

use crate::shell::{bridge, desk};
use crate::state::Lab;

/// What is open below the verdict: `heat`, `trend`, …; the ranking without it.
pub const SHOW: &str = "show";
/// Only tests of this class.
pub const CLASS: &str = "class";
/// Only tests whose identity holds this.
pub const QUERY: &str = "flakyq";
/// What the colours of the heat map say: `time`; outcomes without it.
pub const HEAT_BY: &str = "heat";
/// The form of the list to take home.
pub const FORM: &str = "form";

/// Broken tests that are asked for: the verdict names the latest of them.
const BROKEN: u32 = 50;

/// The classes with their words of the address and for people, in the order of [`FlakyOverview::classes`].
pub const CLASSES: [(FlakyClass, &str, &str); 5] = [
    (FlakyClass::Flaky, "flaky", "flaky"),
    (FlakyClass::Broken, "broken", "broken"),
    (FlakyClass::Fixed, "fixed", "fixed"),
    (FlakyClass::Healthy, "healthy", "healthy"),
    (FlakyClass::TooFewRuns, "too-few-runs", "too few runs"),
];

/// Word of a class, for people.
pub fn class_word(class: FlakyClass) -> &'static str {
    CLASSES.iter().find(|known| known.0 == class).map_or("", |known| known.2)
}

/// A value of the address that is no key of the page's own.
pub fn key(route: &Route, name: &str) -> String {
    route.rest.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Sets such a value; an empty one is taken away.
pub fn put(route: &mut Route, name: &str, value: &str) {
    route.rest.retain(|(key, _)| key != name);
    if !value.is_empty() {
        route.rest.push((name.to_owned(), value.to_owned()));
    }
}

/// Goes to an address where one of these values is another.
pub fn go(name: &'static str, value: &str, push: bool) {
    bridge::go(push, |route| put(route, name, value));
}

/// Asks the worker about the history. The asker may be gone when it answers.
pub fn ask(request: HistoryRequest, mut told: impl FnMut(HistoryAnswer) + 'static) {
    desk::ask(LabRequest::History(request), move |answer, _| {
        told(match answer {
            LabAnswer::History(answer) => *answer,
            LabAnswer::Failed { text } => HistoryAnswer::Failed { text },
            _ => return,
        });
    });
}

/// Opens a test's own page.
pub fn open_test(test: &str) {
    bridge::go(true, |route| route.test = Some(test.to_owned()));
}

/// Which tests are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Word of the class in the address; empty for all that ever failed, `all` for all.
    pub class: String,
    /// Part of the identity.
    pub query: String,
    /// Counts up with each analysis.
    pub load: u32,
}

impl Question {
    /// So many rows from this one on.
    pub fn rows(&self, offset: u32, limit: u32) -> FlakyRequest {
        let class = CLASSES.iter().find(|known| known.1 == self.class).map(|known| known.0);
        FlakyRequest { class, all: self.class == "all", query: self.query.clone(), offset, limit }
    }
}

/// Everything shared. Copy.
#[derive(Clone, Copy)]
pub struct Story {
    /// The laboratory.
    pub lab: Lab,
    /// All but the rows; `None` until it has come.
    pub overview: RwSignal<Option<Arc<FlakyOverview>>>,
    /// Broken tests, for the verdict.
    pub broken: RwSignal<Vec<FlakyTest>>,
    /// Why there is no answer.
    pub problem: RwSignal<Option<String>>,
    /// Tests chosen in the ranking.
    pub chosen: RwSignal<Vec<String>>,
    /// Which tests are shown.
    pub question: Memo<Question>,
    /// Where the ranking stood when it was left: how far it was scrolled, and its active row.
    pub place: StoredValue<(f64, u32)>,
    /// Counts up with each analysis that came.
    load: RwSignal<u32>,
}

impl Story {
    /// Asks for the overview as soon as all runs are there, and again when they change.
    pub fn new(lab: Lab) -> Self {
        let load = RwSignal::new(0);
        let question = Memo::new(move |_| {
            let load = load.get();
            lab.route.with(|route| Question { class: key(route, CLASS), query: key(route, QUERY), load })
        });
        let story = Self {
            lab,
            overview: RwSignal::new(None),
            broken: RwSignal::new(Vec::new()),
            problem: RwSignal::new(None),
            chosen: RwSignal::new(Vec::new()),
            question,
            place: StoredValue::new((0.0, 0)),
            load,
        };
        let ready = all_taken(lab);
        later(move || {
            if ready.get() {
                story.ask();
            }
        });
        story
    }

    fn ask(self) {
        ask(HistoryRequest::Overview, move |answer| match answer {
            HistoryAnswer::Overview(overview) => {
                let newest = FlakyRequest { class: Some(FlakyClass::Broken), limit: BROKEN, ..FlakyRequest::default() };
                ask(HistoryRequest::Rows(newest), move |answer| {
                    if let HistoryAnswer::Rows(rows) = answer {
                        let _ = self.broken.try_set(rows.rows);
                    }
                });
                batch(|| {
                    let _ = self.load.try_update(|n| *n += 1);
                    let _ = self.overview.try_set(Some(Arc::new(*overview)));
                });
            }
            HistoryAnswer::Failed { text } => {
                let _ = self.problem.try_set(Some(text));
            }
            _ => {}
        });
    }

    /// A run by its number.
    pub fn run(self, number: u32) -> Option<HistoryRun> {
        let at = (number as usize).checked_sub(1)?;
        self.overview.with_untracked(|o| o.as_ref().and_then(|o| o.runs.get(at).cloned()))
    }

    /// The runs, ordered by start.
    pub fn runs(self) -> Option<Arc<FlakyOverview>> {
        self.overview.get_untracked()
    }
}

/// Whether the worker has all runs that are loaded, or all that it could be given. Runs come one by one: what is asked
/// before the last would be asked again.
pub fn all_taken(lab: Lab) -> Memo<bool> {
    Memo::new(move |_| {
        let (loaded, taken) = (lab.runs.with(Vec::len), lab.taken.with(Vec::len));
        taken > 0 && (taken >= loaded || lab.said.with(Option::is_some))
    })
}
