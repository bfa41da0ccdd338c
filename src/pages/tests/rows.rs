//! The list as the engine knows it: what is asked, what has come, and what is still on its way.

use std::sync::Arc;

use lanescope_protocol::{Answer, Request, Sort, TestLine, TestsPage, TestsRequest};
use leptos::prelude::*;

use crate::pages::tests::pages::{PAGE_ROWS, Pages};
use crate::shell::open;
use crate::state::App;
use crate::ui::el::later;
use crate::ui::{Align, ListState};

/// Pages asked for at the same time. More would pile up while a scroll bar is dragged.
const AT_ONCE: usize = 2;

/// Which rows, in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    run: String,
    q: String,
    outcomes: Vec<String>,
    /// By what, and whether turned round.
    sort: (Sort, bool),
    /// Counts up when the run was read again.
    load: u32,
}

/// What the engine says about the list as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Rows.
    pub total: u32,
    /// Tests by outcome word, whatever outcomes are chosen.
    pub counts: Vec<(String, u32)>,
    /// Longest time, seconds.
    pub max_s: f64,
    /// What is wrong with the query.
    pub problem: Option<String>,
}

/// The list. Copy.
#[derive(Clone, Copy)]
pub struct Rows {
    app: App,
    /// Which rows are wanted.
    pub question: Memo<Question>,
    /// The list as a whole; `None` before the first answer.
    pub head: RwSignal<Option<Head>>,
    /// Longest time of a row, seconds, for the bars.
    pub max_s: Memo<f64>,
    /// The rows that are here.
    pub pages: RwSignal<Pages<TestLine>>,
    /// The widget's state.
    pub list: ListState,
    /// The question that `pages` answers.
    answered: StoredValue<Option<Question>>,
    /// The question that is with the engine.
    asking: StoredValue<Option<Question>>,
    in_flight: StoredValue<Vec<u32>>,
    /// The test that was chosen in this list, and so is in sight already.
    chosen: StoredValue<Option<String>>,
}

/// The order that a word of the address names, and whether it is turned round: then a minus stands before it.
pub fn sort_of(word: Option<&str>) -> (Sort, bool) {
    let word = word.unwrap_or_default();
    let turned = word.strip_prefix('-');
    let sort = match turned.unwrap_or(word) {
        "duration" => Sort::Duration,
        "name" => Sort::Name,
        "start" => Sort::Start,
        _ => Sort::Attention,
    };
    (sort, turned.is_some())
}

impl Rows {
    /// The list that the address names; it asks the engine from now on.
    pub fn new(app: App) -> Self {
        // Each overview that comes is of a run that was read or chosen anew, even under the same id.
        let load = Memo::new(move |last: Option<&u32>| {
            app.overview.track();
            last.map_or(0, |n| n + 1)
        });
        let question = Memo::new(move |_| Question {
            run: app.overview.with(|o| o.as_ref().map(|o| o.run.id.clone())).unwrap_or_default(),
            load: load.get(),
            ..app.route.with(|route| Question {
                q: route.q.clone(),
                outcomes: route.outcomes.clone(),
                sort: sort_of(route.sort.as_deref()),
                ..Question::default()
            })
        });
        let head = RwSignal::new(None::<Head>);
        let total = Signal::derive(move || head.with(|head| head.as_ref().map_or(0, |head| head.total)));
        let rows = Self {
            app,
            question,
            head,
            max_s: Memo::new(move |_| head.with(|head| head.as_ref().map_or(0.0, |head| head.max_s))),
            pages: RwSignal::new(Pages::default()),
            list: ListState::new(total),
            answered: StoredValue::new(None),
            asking: StoredValue::new(None),
            in_flight: StoredValue::new(Vec::new()),
            chosen: StoredValue::new(None),
        };
        later(move || {
            rows.question.track();
            rows.ask();
        });
        later(move || {
            rows.list.window.track();
            rows.fill();
        });
        let test = Memo::new(move |_| app.route.with(|route| route.test.clone()));
        let mut first = true;
        later(move || {
            let test = test.get();
            let before = !std::mem::take(&mut first);
            // The first answer to the question locates the test that the address names.
            if before && rows.chosen.with_value(|chosen| *chosen != test) {
                rows.chosen.set_value(None);
                if let Some(test) = test {
                    rows.locate(test);
                }
            }
        });
        rows
    }

    /// The row at this place, once it has come.
    pub fn row(self, index: u32) -> Memo<Option<Arc<TestLine>>> {
        Memo::new(move |_| self.pages.with(|pages| pages.get(index)))
    }

    /// Chooses the test in this row.
    pub fn choose(self, index: u32) {
        let Some(line) = self.pages.with_untracked(|pages| pages.get(index)) else { return };
        self.list.active.set(index);
        self.chosen.set_value(Some(line.id.clone()));
        self.app.go(|route| route.test = Some(line.id.clone()));
    }

    fn request(self, of: &Question, offset: u32, locate: Option<String>) -> Request {
        Request::Tests(TestsRequest {
            run: of.run.clone(),
            q: of.q.clone(),
            outcomes: of.outcomes.clone(),
            sort: of.sort.0,
            reverse: of.sort.1,
            offset,
            limit: PAGE_ROWS,
            locate,
        })
    }

    /// Asks what the list is now. One question at a time: the next goes out when this one is answered.
    fn ask(self) {
        let wanted = self.question.get_untracked();
        let here = self.answered.with_value(|answered| answered.as_ref() == Some(&wanted));
        if here || wanted.run.is_empty() || self.asking.with_value(Option::is_some) {
            return;
        }
        self.asking.set_value(Some(wanted.clone()));
        let test = self.app.route.with_untracked(|route| route.test.clone());
        open::ask(self.request(&wanted, 0, test), move |answer, _| {
            // The view may be gone by now.
            let Some(asked) = self.asking.try_update_value(Option::take).flatten() else { return };
            if self.question.get_untracked() != asked {
                return self.ask();
            }
            match answer {
                Answer::Tests(page) => self.take(asked, *page),
                Answer::Failed { text } => {
                    self.answered.set_value(Some(asked));
                    self.head.update(|head| head.get_or_insert_default().problem = Some(text));
                }
                _ => {}
            }
        });
    }

    fn take(self, asked: Question, page: TestsPage) {
        let before = self.answered.with_value(Clone::clone);
        let first = before.is_none();
        let same = before.is_some_and(|before| Question { load: asked.load, ..before } == asked);
        let last = if first { last_place(&asked) } else { None };
        self.answered.set_value(Some(asked));
        self.in_flight.update_value(Vec::clear);
        let located = page.located;
        batch(|| {
            let mut pages = Pages::default();
            pages.put(0, page.rows);
            self.pages.set(pages);
            self.head.set(Some(Head {
                total: page.total,
                counts: page.counts,
                max_s: page.max_s,
                problem: page.problem,
            }));
            if !same {
                let (scroll_px, active) = last.unwrap_or_default();
                self.list.active.set(located.unwrap_or(active));
                match located.filter(|row| first && last.is_none_or(|(_, active)| active != *row)) {
                    Some(row) => self.list.reveal(row, Align::Middle),
                    None => self.list.scroll_to(scroll_px),
                }
            }
        });
        self.fill();
    }

    /// Asks for the rows that are to be on screen and are not here.
    fn fill(self) {
        let window = self.list.window.get_untracked();
        let current = self.answered.with_value(Clone::clone);
        let Some(current) = current.filter(|current| *current == self.question.get_untracked()) else { return };
        while self.in_flight.with_value(Vec::len) < AT_ONCE {
            let next = self
                .in_flight
                .with_value(|asked| self.pages.with_untracked(|pages| pages.missing(window.first..window.end, asked)));
            let Some(page) = next else { return };
            self.in_flight.update_value(|asked| asked.push(page));
            let of = current.clone();
            open::ask(self.request(&current, page * PAGE_ROWS, None), move |answer, _| {
                let still = self.answered.try_with_value(|answered| answered.as_ref() == Some(&of));
                let (Some(true), Answer::Tests(came)) = (still, answer) else { return };
                self.in_flight.update_value(|asked| asked.retain(|p| *p != page));
                self.pages.update(|pages| pages.put(page, came.rows));
                self.fill();
            });
        }
    }

    /// Brings a test that was chosen elsewhere on screen.
    fn locate(self, test: String) {
        if let Some(row) = self.pages.with_untracked(|pages| pages.find(|line| line.id == test)) {
            self.list.active.set(row);
            return self.list.reveal(row, Align::Middle);
        }
        let Some(current) = self.answered.with_value(Clone::clone) else { return };
        open::ask(self.request(&current, 0, Some(test)), move |answer, _| {
            let still = self.answered.try_with_value(|answered| answered.as_ref() == Some(&current));
            if let (Some(true), Answer::Tests(page)) = (still, answer)
                && let Some(row) = page.located
            {
                self.list.active.set(row);
                self.list.reveal(row, Align::Middle);
            }
        });
    }

    /// Remembers where the list stands, for when the user comes back from another view.
    pub fn remember(self) {
        let place = (self.list.scroll_px.get_untracked(), self.list.active.get_untracked());
        if let Some(question) = self.answered.with_value(Clone::clone) {
            LAST.with(|last| *last.borrow_mut() = Some((question, place)));
        }
    }
}

thread_local! {
    static LAST: std::cell::RefCell<Option<(Question, (f64, u32))>> = const { std::cell::RefCell::new(None) };
}

/// Where the list stood when it was last left with this question.
fn last_place(question: &Question) -> Option<(f64, u32)> {
    let last = LAST.with(|last| last.borrow().clone());
    last.filter(|(of, _)| Question { load: question.load, ..of.clone() } == *question).map(|(_, place)| place)
}
