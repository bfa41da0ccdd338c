//! What the colours say, and which tests are looked for: both are asked with every window.

use std::rc::Rc;
use std::sync::Arc;

use lanescope_protocol::{Answer, ColourBy, Frame, Legend, Request, TestsRequest, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::bars::Bars;
use crate::charts::lanes::source;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;
use crate::shell::open;
use crate::state::Route;

/// The colourings, with their words in the address.
pub const COLOURS: [(ColourBy, &str); 6] = [
    (ColourBy::Outcome, "outcome"),
    (ColourBy::Group, "group"),
    (ColourBy::Marker, "marker"),
    (ColourBy::File, "file"),
    (ColourBy::Duration, "duration"),
    (ColourBy::Flakiness, "flakiness"),
];

/// What the colours say, and which tests are looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    /// What the colours say.
    pub colour: ColourBy,
    /// The query; bars without a match are faint.
    pub q: String,
}

/// What the address says of them, as one text: a colouring and a query.
pub fn named(route: &Route) -> String {
    format!("{} {}", route.colour.as_deref().unwrap_or_default(), route.q.trim())
}

impl Looks {
    /// Whether they are those of the frames that come with a run.
    pub fn are_plain(&self) -> bool {
        self.colour == ColourBy::Outcome && self.q.is_empty()
    }
}

/// How many tests the query finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// Tests found.
    pub tests: u32,
    /// What is wrong with the query.
    pub problem: Option<String>,
}

impl Stage {
    /// Puts the bars of the whole run in place, in the colours that are wanted. `first` are those that came with it.
    pub(super) fn put_whole(self, timeline: &Timeline, new_lanes: bool, first: Option<Arc<Frame>>) {
        let core = self.core();
        let tests = Span::tests(timeline);
        let looks = self.looks();
        let epoch = core.next_epoch();
        let whole = |frame: Arc<Frame>, colour| Rc::new(Bars::new(frame, f64::from(source::WHOLE_PX)).coloured(colour));
        if looks.are_plain() || new_lanes {
            core.cache.borrow_mut().reset(tests, first.map(|frame| whole(frame, ColourBy::Outcome)));
            self.whole.update(|n| *n = n.wrapping_add(1));
        } else {
            core.cache.borrow_mut().forget_asks();
        }
        if !looks.are_plain() {
            let (request, lanes) = (source::request_of(timeline), timeline.lanes.len() as u32);
            let (core, colour) = (Rc::clone(&core), looks.colour);
            source::window(request, &looks, tests, source::WHOLE_PX, 0..lanes, move |frame| {
                if let (Some(frame), true) = (frame, core.is_now(epoch)) {
                    core.cache.borrow_mut().reset(tests, Some(whole(Arc::new(frame), colour)));
                    self.whole.update(|n| *n = n.wrapping_add(1));
                    self.redraw();
                }
            });
        }
        self.ask_for_words(timeline.run.clone(), looks);
    }

    fn ask_for_words(self, run: String, looks: Looks) {
        let core = self.core();
        let epoch = core.epoch();
        if looks.colour == ColourBy::Outcome {
            self.core().legend.replace(None);
        } else {
            let core = Rc::clone(&core);
            open::ask(Request::Legend { run: run.clone(), colour: looks.colour }, move |answer, _| {
                if let (Answer::Legend(legend), true) = (answer, core.is_now(epoch)) {
                    core.legend.replace(Some(legend));
                    self.tell();
                }
            });
        }
        if looks.q.is_empty() {
            core.matches.replace(None);
            return self.tell();
        }
        let request = TestsRequest { run, q: looks.q, ..TestsRequest::default() };
        open::ask(Request::Tests(request), move |answer, _| {
            if let (Answer::Tests(page), true) = (answer, core.is_now(epoch)) {
                core.matches.replace(Some(Matches { tests: page.total, problem: page.problem }));
                self.tell();
            }
        });
    }

    /// What the colours say now, and which tests are looked for.
    pub fn looks(self) -> Looks {
        let named = self.looks_named.get_untracked();
        let (word, q) = named.split_once(' ').unwrap_or_default();
        let colour = COLOURS.iter().find(|known| known.1 == word).map(|known| known.0).unwrap_or_default();
        Looks { colour, q: q.to_owned() }
    }

    /// The word of the colouring that is on.
    pub fn colour_word(self) -> &'static str {
        self.looks_named.track();
        let colour = self.looks().colour;
        COLOURS.iter().find(|known| known.0 == colour).map_or("outcome", |known| known.1)
    }

    fn tell(self) {
        self.told.update(|n| *n = n.wrapping_add(1));
    }

    /// The classes of the colouring, where it is not that by outcome.
    pub fn legend(self) -> Option<Legend> {
        self.told.track();
        self.core().legend.borrow().clone()
    }

    /// How many tests the query finds, where there is one.
    pub fn matches(self) -> Option<Matches> {
        self.told.track();
        self.core().matches.borrow().clone()
    }

    /// Shows or hides the lanes of a group.
    pub fn fold(self, group: &str) {
        let core = self.core();
        let place = core.closed.borrow().iter().position(|name| name == group);
        match place {
            Some(place) => drop(core.closed.borrow_mut().remove(place)),
            None => core.closed.borrow_mut().push(group.to_owned()),
        }
        self.tell();
    }

    /// Whether the lanes of a group are hidden.
    pub fn is_folded(self, group: &str) -> bool {
        self.told.track();
        self.core().closed.borrow().iter().any(|name| name == group)
    }
}
