//! The bars and holes that a part of the workers' time is made of, longest first.

use std::cell::Cell;
use std::rc::Rc;

use lanescope_protocol::{Answer, PartKey, PieceLine, Request, Waterfall, WaterfallPart};

use crate::charts::lanes::{Span, Stage};
use crate::pages::timeline::panels::{fixtures, heading, mark, test_name, way};
use crate::shell::open;
use crate::state::number;
use crate::ui::el::{El, button, div, el, span};
use crate::ui::format;

/// Rows shown at a time.
const PAGE: u32 = 50;

/// A part in detail.
pub(super) fn pieces(stage: Stage, waterfall: &Waterfall, part: &WaterfallPart, name: &str) -> El {
    let list = Rc::new(List {
        stage,
        run: waterfall.run.clone(),
        part: part.key,
        shown: Cell::new(0),
        rows: el("ul", "piece-rows").attr("aria-label", name),
        told: el("p", "panel-note"),
        more: div("piece-more"),
    });
    Rc::clone(&list).ask();
    let count = part
        .pieces
        .map(|n| span("tag").attr("data-pieces", n.to_string()).with(format::plural(n.into(), "piece", "pieces")));
    let of = (part.key == PartKey::Setup).then(|| fixtures::fixtures(waterfall)).flatten();
    div("part-detail").with((
        heading(name, (mark(part.provenance), count)),
        el("p", "").with(&part.what),
        el("p", "part-reduce").with((span("quiet").with("Makes it smaller: "), &part.reduce)),
        of,
        (&list.rows, &list.told, &list.more),
    ))
}

struct List {
    stage: Stage,
    run: String,
    part: PartKey,
    shown: Cell<u32>,
    rows: El,
    told: El,
    more: El,
}

impl List {
    /// Asks for the rows after those that are shown.
    fn ask(self: Rc<Self>) {
        let request = Request::Pieces { run: self.run.clone(), part: self.part, offset: self.shown.get(), limit: PAGE };
        self.more.node().set_text_content(None);
        open::ask(request, move |answer, _| {
            // Another part may have been chosen meanwhile.
            let Answer::Pieces(page) = answer else { return };
            if !self.rows.node().is_connected() || page.offset != self.shown.get() {
                return;
            }
            self.told.node().set_text_content(Some(&page.explanation));
            let spans = page.rows.iter().map(|piece| (piece.lane.as_str(), Span::new(piece.from_s, piece.to_s)));
            self.stage.mark_pieces(spans, page.offset == 0);
            self.shown.set(page.offset + page.rows.len() as u32);
            for piece in &page.rows {
                let _ = self.rows.clone().with(el("li", "").with(row(self.stage, self.part, piece)));
            }
            let left = page.total.saturating_sub(self.shown.get());
            if left > 0 && !page.rows.is_empty() {
                let again = Rc::clone(&self);
                let more = button("button small", move || Rc::clone(&again).ask());
                let _ = self.more.clone().with((
                    more.with(format!("Show {} more", left.min(PAGE))),
                    span("quiet").with(format!(
                        "{} of {}",
                        format::count(self.shown.get().into()),
                        format::count(page.total.into())
                    )),
                ));
            }
        });
    }
}

fn row(stage: Stage, part: PartKey, piece: &PieceLine) -> El {
    let test = piece.test.as_ref();
    let what = match (piece.attempt, test, piece.after_test.as_ref()) {
        (Some(_), Some(test), _) => test_name(test),
        (_, Some(test), Some(before)) => hole("between ", &before.name, Some(&test.name)),
        (_, Some(test), None) => hole("before ", &test.name, None),
        (_, None, Some(before)) => hole("after ", &before.name, None),
        _ => span("test-name").with("the whole lane"),
    };
    let row = way(
        stage,
        "piece-row",
        &piece.lane,
        Span::new(piece.from_s, piece.to_s),
        test.filter(|_| piece.attempt.is_some()),
    );
    let note = (!piece.note.is_empty()).then(|| span("piece-note").attr("title", &piece.note).with(&piece.note));
    row.attr("data-piece", number::plain(piece.seconds)).with((
        span("piece-lane").with((el("i", "").attr("data-part", part.as_str()), &piece.lane)),
        span("piece-what").with((what, note)),
        span("num quiet piece-range").with(format!(
            "{} – {}",
            format::seconds(piece.from_s),
            format::seconds(piece.to_s)
        )),
        span("num").with(format::seconds(piece.seconds)),
    ))
}

fn hole(word: &str, one: &str, other: Option<&str>) -> El {
    let between = other.map(|other| (span("quiet").with(" and "), el("bdi", "").with(other)));
    span("test-name").with(span("name").with((span("quiet").with(word), el("bdi", "").with(one), between)))
}
