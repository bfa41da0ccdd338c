//! The selected test in detail: asked for when the address names another one.

use std::sync::Arc;

use lanescope_protocol::{Answer, Request, TestDetail};
use leptos::prelude::*;

use crate::shell::open;
use crate::state::App;
use crate::ui::el::later;

/// What there is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shown {
    /// No test is selected.
    #[default]
    Nothing,
    /// The first answer is on its way.
    Waiting,
    /// The selected test, or the one before it while the answer is on its way.
    Detail(Arc<TestDetail>),
    /// The engine has no such test.
    Missing {
        /// The test that was asked for.
        test: String,
        /// Why.
        text: String,
    },
}

/// The selected test. Copy.
#[derive(Clone, Copy)]
pub struct Selected {
    /// What there is to show.
    pub shown: RwSignal<Shown>,
    /// Whether `shown` is still that of another test.
    pub stale: RwSignal<bool>,
}

impl Selected {
    /// Follows the address.
    pub fn follow(app: App) -> Self {
        let selected = Self { shown: RwSignal::new(Shown::Nothing), stale: RwSignal::new(false) };
        let test = Memo::new(move |_| app.route.with(|route| route.test.clone()));
        let number = StoredValue::new(0u32);
        later(move || {
            let test = test.get();
            // Also when the same run was read again.
            let run = app.overview.with(|o| o.as_ref().map(|o| o.run.id.clone()));
            number.update_value(|n| *n = n.wrapping_add(1));
            let asked = number.get_value();
            let (Some(test), Some(run)) = (test, run) else {
                selected.stale.set(false);
                return selected.shown.set(Shown::Nothing);
            };
            let here = selected.shown.with_untracked(|shown| matches!(shown, Shown::Detail(_)));
            selected.stale.set(true);
            if !here {
                selected.shown.set(Shown::Waiting);
            }
            let wanted = test.clone();
            open::ask(Request::Test { run, test }, move |answer, _| {
                // Answers to questions that were overtaken are dropped; so are those after the pane is gone.
                if number.try_get_value() != Some(asked) {
                    return;
                }
                selected.stale.set(false);
                match answer {
                    Answer::Test(detail) => selected.shown.set(Shown::Detail(Arc::new(*detail))),
                    Answer::Failed { text } => selected.shown.set(Shown::Missing { test: wanted.clone(), text }),
                    _ => {}
                }
            });
        });
        selected
    }
}
