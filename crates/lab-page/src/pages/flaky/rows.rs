//! The ranking as the worker knows it: pages of rows around what is on screen.

use std::sync::Arc;

use lanescope_protocol::{FlakyTest, HistoryAnswer, HistoryRequest};
use leptos::prelude::*;

use lanescope_ui::state::ById;
use lanescope_ui::ui::el::later;
use lanescope_ui::ui::{Align, ListState};

use crate::pages::flaky::story::{Question, Story, ask};

/// Rows in a page.
const PAGE: u32 = 100;
/// Pages kept.
const KEPT: usize = 16;

/// The list. Copy.
#[derive(Clone, Copy)]
pub struct Rows {
    /// How many rows there are; `None` before the first answer.
    pub total: RwSignal<Option<u32>>,
    /// The widget's state.
    pub list: ListState,
    pages: RwSignal<ById<Vec<Arc<FlakyTest>>>>,
    asked: StoredValue<(Question, Vec<u32>)>,
}

impl Rows {
    /// The rows that the address names.
    pub fn new(story: Story) -> Self {
        let total = RwSignal::new(None);
        let rows = Self {
            total,
            list: ListState::new(Signal::derive(move || total.get().unwrap_or(0))),
            pages: RwSignal::new(ById::default()),
            asked: StoredValue::new((Question::default(), Vec::new())),
        };
        later(move || {
            let question = story.question.get();
            let window = rows.list.window.get();
            if story.overview.with_untracked(Option::is_none) {
                return;
            }
            let before = rows.asked.with_value(|asked| asked.0.clone());
            if before != question {
                rows.asked.set_value((question, Vec::new()));
                rows.ask(0);
                // Other tests begin at the top; the first ones wherever the list was left.
                let other = |now: &Question| (&now.class, &now.query) != (&before.class, &before.query);
                if before.load > 0 && rows.asked.with_value(|asked| other(&asked.0)) {
                    rows.list.active.set(0);
                    rows.list.reveal(0, Align::Top);
                }
                return;
            }
            for page in window.first / PAGE..=window.end.saturating_sub(1) / PAGE {
                rows.ask(page);
            }
        });
        rows
    }

    /// Asks for a page, once.
    fn ask(self, page: u32) {
        let Some(question) = self.asked.try_update_value(|(question, pages)| {
            let new = !pages.contains(&page);
            if new {
                pages.push(page);
            }
            new.then(|| question.clone())
        }) else {
            return;
        };
        let Some(question) = question else { return };
        ask(HistoryRequest::Rows(question.rows(page * PAGE, PAGE)), move |answer| {
            // The view may be gone by now, or ask something else.
            let still = self.asked.try_with_value(|asked| asked.0 == question);
            let (Some(true), HistoryAnswer::Rows(came)) = (still, answer) else { return };
            batch(move || {
                self.pages.update(|pages| {
                    let first = self.total.get_untracked() != Some(came.total) || page == 0;
                    if first && page == 0 {
                        *pages = ById::default();
                    }
                    pages.insert(page, came.rows.into_iter().map(Arc::new).collect());
                    while pages.len() > KEPT {
                        let far = pages.iter().map(|page| page.0).max_by_key(|p| p.abs_diff(page));
                        let Some(far) = far else { return };
                        pages.remove(far);
                        self.asked.update_value(|asked| asked.1.retain(|p| *p != far));
                    }
                });
                self.total.set(Some(came.total));
            });
        });
    }

    /// The row at a place, once it has come.
    pub fn row(self, at: u32) -> Memo<Option<Arc<FlakyTest>>> {
        Memo::new(move |_| self.get(at))
    }

    /// The row at a place.
    fn get(self, at: u32) -> Option<Arc<FlakyTest>> {
        self.pages.with(|pages| pages.get(at / PAGE)?.get((at % PAGE) as usize).cloned())
    }

    /// The row at a place, without following it.
    pub fn now(self, at: u32) -> Option<Arc<FlakyTest>> {
        untrack(|| self.get(at))
    }
}
