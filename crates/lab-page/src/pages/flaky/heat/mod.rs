//! The heat map: a row for a test, a column for a run. Only what is on screen is drawn, and only pages of rows around it
//! are held.

mod grid;
mod paint;

use lanescope_protocol::{HeatMap, HistoryAnswer, HistoryRequest, HistoryRun};
use leptos::prelude::*;
use web_sys::{Event, HtmlElement, KeyboardEvent, PointerEvent};

use lanescope_ui::charts::canvas::{Redraw, prepare};
use lanescope_ui::charts::theme::palette;
use lanescope_ui::shell::{dom, marks};
use lanescope_ui::state::{ById, number};
use lanescope_ui::ui::el::{El, button, div, el, later, span};

use crate::pages::flaky::cell;
use crate::pages::flaky::story::{HEAT_BY, Question, Story, ask, go, key, open_test};
use crate::pages::flaky::words;
use grid::Grid;

/// Rows in a page.
const PAGE: u32 = 100;
/// Pages kept.
const KEPT: usize = 24;
/// User-timing measure of each draw.
const DRAWN: &str = "lanescope:heat";

struct Heat {
    scroller: HtmlElement,
    canvas: web_sys::HtmlCanvasElement,
    tip: HtmlElement,
    runs: Vec<HistoryRun>,
    total: u32,
    question: Question,
    pages: ById<HeatMap>,
    asked: Vec<u32>,
    /// What the keys have chosen: row and column.
    cursor: Option<(u32, u32)>,
    /// What the pointer is over.
    hover: Option<(u32, Option<u32>)>,
    /// Whether it was scrolled to the newest runs.
    placed: bool,
}

impl Heat {
    fn grid(&self) -> Grid {
        Grid {
            rows: self.total,
            columns: self.runs.len() as u32,
            view: (f64::from(self.scroller.client_width()), f64::from(self.scroller.client_height())),
            scroll: (f64::from(self.scroller.scroll_left()), f64::from(self.scroller.scroll_top())),
        }
    }

    fn name(&self, row: u32) -> Option<&str> {
        self.pages.get(row / PAGE)?.tests.get((row % PAGE) as usize).map(String::as_str)
    }

    fn cell(&self, row: u32, column: u32) -> Option<u8> {
        let page = self.pages.get(row / PAGE)?;
        let at = (row % PAGE) as usize * page.runs as usize + column as usize;
        page.cells.get(at).copied().filter(|_| column < page.runs)
    }

    /// A cell in words.
    fn spoken(&self, row: u32, column: u32) -> Option<String> {
        let run = self.runs.get(column as usize)?;
        let test = words::clip(self.name(row)?);
        let aside = run.set_aside.as_ref().map(|why| format!(" The run was set aside: {why}")).unwrap_or_default();
        Some(format!("{test}, run {}: {}.{aside}", run.number, cell::said(self.cell(row, column)?)))
    }
}

/// A handle to it. Copy: what it holds ends with the view.
#[derive(Clone, Copy)]
struct Handle {
    story: Story,
    heat: StoredValue<Heat, LocalStorage>,
    redraw: StoredValue<Option<Redraw>, LocalStorage>,
    by_time: Memo<bool>,
    spoken: RwSignal<String>,
    size: RwSignal<(f64, f64)>,
}

/// The heat map.
pub fn heat_map(story: Story) -> El {
    let by_time = Memo::new(move |_| story.lab.route.with(|route| key(route, HEAT_BY) == "time"));
    let canvas = el("canvas", "heat-canvas").attr("data-chart", "heat").attr("role", "img");
    let tip = div("heat-tip").attr("aria-hidden", "true").attr_if("hidden", true);
    let scroller = div("heat-scroll").attr("tabindex", "0").attr("role", "group");
    let runs = story.runs().map(|o| o.runs.clone()).unwrap_or_default();
    let heat = Heat {
        scroller: scroller.html(),
        canvas: canvas.as_node(),
        tip: tip.html(),
        runs,
        total: 0,
        question: Question::default(),
        pages: ById::default(),
        asked: Vec::new(),
        cursor: None,
        hover: None,
        placed: false,
    };
    let of = Handle {
        story,
        heat: StoredValue::new_local(heat),
        redraw: StoredValue::new_local(None),
        by_time,
        spoken: RwSignal::new(String::new()),
        size: RwSignal::new((0.0, 0.0)),
    };
    of.redraw.set_value(Some(Redraw::new(move || of.draw())));
    later(move || {
        let question = story.question.get();
        let _ = of.heat.try_update_value(|heat| {
            heat.runs = story.runs().map(|o| o.runs.clone()).unwrap_or_default();
            heat.question = question;
            heat.asked.clear();
            heat.cursor = None;
            heat.asked.push(0);
        });
        of.fetch(0);
    });
    later(move || {
        by_time.track();
        story.lab.repaint.track();
        of.ask_draw();
    });
    let node = scroller.html();
    dom::on_resize(&node, move || {
        of.resize();
        of.ask_draw();
    });
    let alternative = move || {
        story.overview.with(|o| {
            let (tests, runs) = o.as_ref().map_or((0, 0), |o| (o.classes.iter().sum::<u32>(), o.runs.len()));
            format!("Heat map of {tests} tests and {runs} runs. The arrow keys walk its cells and speak them; Enter opens a test.")
        })
    };
    let area = div("heat-area").live_style("width", move || number::px(of.size.get().0));
    let area = area.live_style("height", move || number::px(of.size.get().1));
    let canvas = canvas.live_attr("aria-label", alternative);
    let scroller = scroller
        .attr("aria-label", "Tests by runs")
        .attr("data-heat", "")
        .on("scroll", move |_: Event| of.ask_draw())
        .on("keydown", move |event: KeyboardEvent| of.key(&event))
        .on("pointermove", move |event: PointerEvent| of.point(Some(&event)))
        .on("pointerleave", move |_: PointerEvent| of.point(None))
        .on("blur", move |_: Event| of.ask_draw())
        .on("click", move |event: PointerEvent| of.click(&event))
        .with(area);
    let live = el("p", "sr-only").attr("role", "status").attr("data-spoken", "").live_text(move || of.spoken.get());
    let switch = |word: &'static str, name: &'static str| {
        let on = move || by_time.get() == (word == "time");
        button("seg", move || go(HEAT_BY, word, false)).live_attr("aria-pressed", move || on().to_string()).with(name)
    };
    let switch = div("segs")
        .attr("role", "group")
        .attr("aria-label", "Colours")
        .with((switch("", "Outcome"), switch("time", "Duration")));
    let legend = lanescope_ui::ui::el::live(move || legend(by_time.get()));
    div("heat").with((div("heat-bar").with((switch, legend)), div("heat-frame").with((canvas, scroller, tip)), live))
}

fn legend(by_time: bool) -> El {
    let entry = |mark: &str, name: &str| {
        span("heat-key").with((span("heat-swatch").attr("data-mark", mark).attr("aria-hidden", "true"), name))
    };
    let list = div("heat-legend");
    if by_time {
        return list.with([
            entry("t1", "under half the usual"),
            entry("t3", "as usual"),
            entry("t4", "1.5×"),
            entry("t5", "2×"),
            entry("t6", "4×"),
            entry("t7", "6× and more"),
        ]);
    }
    list.with([
        entry("passed", "passed"),
        entry("failed", "failed"),
        entry("error", "error"),
        entry("flaky", "passed on retry"),
        entry("skipped", "skipped"),
        entry("xfailed", "xfailed"),
        entry("aside", "set aside"),
    ])
}

impl Handle {
    fn ask_draw(self) {
        let _ = self.redraw.try_with_value(|redraw| redraw.as_ref().map(Redraw::ask));
    }

    fn with<T>(self, work: impl FnOnce(&mut Heat) -> T) -> Option<T> {
        self.heat.try_update_value(work)
    }

    fn resize(self) {
        let Some((area, end)) = self.with(|heat| {
            let area = heat.grid().area();
            let first = !heat.placed && heat.total > 0 && area.0 > 0.0;
            heat.placed |= first;
            (area, first)
        }) else {
            return;
        };
        if self.size.get_untracked() != area {
            self.size.set(area);
        }
        if end {
            // The newest runs matter most.
            let _ = self.with(|heat| heat.scroller.set_scroll_left(area.0 as i32));
        }
    }

    fn fetch(self, page: u32) {
        let Some(question) = self.with(|heat| heat.question.clone()) else { return };
        ask(HistoryRequest::Heat(question.rows(page * PAGE, PAGE)), move |answer| {
            let HistoryAnswer::Heat(map) = answer else { return };
            let came = self.with(|heat| {
                if heat.question != question {
                    return false;
                }
                if page == 0 {
                    heat.pages = ById::default();
                }
                heat.total = map.total;
                heat.pages.insert(page, map);
                while heat.pages.len() > KEPT {
                    let Some(far) = heat.pages.iter().map(|p| p.0).max_by_key(|p| p.abs_diff(page)) else { break };
                    heat.pages.remove(far);
                    heat.asked.retain(|p| *p != far);
                }
                true
            });
            if came == Some(true) {
                self.resize();
                self.ask_draw();
            }
        });
    }

    fn draw(self) {
        let version = self.story.lab.repaint.try_get_untracked().unwrap_or_default();
        let by_time = self.by_time.try_get_untracked().unwrap_or_default();
        let missing = self.with(|heat| {
            let grid = heat.grid();
            let focused = dom::document().active_element().as_ref() == Some(heat.scroller.as_ref());
            if let Some(surface) = prepare(&heat.canvas) {
                marks::measured(DRAWN, || {
                    let palette = palette(version);
                    paint::Paint { surface: &surface, palette: &palette, grid, heat, by_time, focused }.draw();
                });
            }
            let rows = grid.rows_seen();
            let mut missing = Vec::new();
            if !rows.is_empty() {
                for page in rows.start / PAGE..=(rows.end - 1) / PAGE {
                    if heat.pages.get(page).is_none() && !heat.asked.contains(&page) {
                        heat.asked.push(page);
                        missing.push(page);
                    }
                }
            }
            missing
        });
        missing.unwrap_or_default().into_iter().for_each(|page| self.fetch(page));
    }

    fn point(self, event: Option<&PointerEvent>) {
        let moved = self.with(|heat| {
            let at = event.and_then(|event| {
                let frame = heat.scroller.get_bounding_client_rect();
                let (x, y) = (f64::from(event.client_x()) - frame.left(), f64::from(event.client_y()) - frame.top());
                heat.grid().at(x, y).map(|at| (at, x, y))
            });
            let hover = at.map(|(at, ..)| at);
            if hover == heat.hover {
                return false;
            }
            heat.hover = hover;
            let text = hover.and_then(|(row, column)| match column {
                Some(column) => Some((words::run_line(heat.runs.get(column as usize)?), heat.spoken(row, column)?)),
                None => Some((String::new(), words::clip(heat.name(row)?))),
            });
            let tip = &heat.tip;
            match (text, at) {
                (Some((head, text)), Some((_, x, y))) => {
                    tip.set_text_content(None);
                    let _ = tip.append_child(el("b", "").with(head).node());
                    let _ = tip.append_child(el("span", "").with(text).node());
                    let _ = tip.remove_attribute("hidden");
                    let right = x > f64::from(heat.scroller.client_width()) * 0.6;
                    let low = y > f64::from(heat.scroller.client_height()) * 0.7;
                    let (dx, dy) = (
                        if right { "calc(-100% - 12px)" } else { "12px" },
                        if low { "calc(-100% - 8px)" } else { "16px" },
                    );
                    let style = tip.style();
                    let place = format!("translate({}, {}) translate({dx}, {dy})", number::px(x), number::px(y));
                    let _ = style.set_property("transform", &place);
                }
                _ => {
                    let _ = tip.set_attribute("hidden", "");
                }
            }
            true
        });
        if moved == Some(true) {
            self.ask_draw();
        }
    }

    fn click(self, event: &PointerEvent) {
        let test = self.with(|heat| {
            let frame = heat.scroller.get_bounding_client_rect();
            let (x, y) = (f64::from(event.client_x()) - frame.left(), f64::from(event.client_y()) - frame.top());
            heat.grid().at(x, y).and_then(|(row, _)| heat.name(row).map(str::to_owned))
        });
        if let Some(test) = test.flatten() {
            open_test(&test);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        let Some(done) = self.with(|heat| {
            let grid = heat.grid();
            if grid.rows == 0 || grid.columns == 0 {
                return None;
            }
            let rows = grid.rows_seen();
            let first = (rows.start, grid.columns_seen().end.saturating_sub(1));
            let (row, column) = heat.cursor.unwrap_or(first);
            let page = (rows.end - rows.start).saturating_sub(2).max(1);
            let (row, column) = match key.as_str() {
                _ if heat.cursor.is_none() && key.starts_with("Arrow") => (row, column),
                "ArrowLeft" => (row, column.saturating_sub(1)),
                "ArrowRight" => (row, column + 1),
                "ArrowUp" => (row.saturating_sub(1), column),
                "ArrowDown" => (row + 1, column),
                "PageUp" => (row.saturating_sub(page), column),
                "PageDown" => (row + page, column),
                "Home" => (row, 0),
                "End" => (row, grid.columns - 1),
                "Enter" | " " => return Some(heat.name(row).map(str::to_owned)),
                _ => return None,
            };
            let (row, column) = (row.min(grid.rows - 1), column.min(grid.columns - 1));
            heat.cursor = Some((row, column));
            let (x, y) = grid.reveal(row, column);
            if (x, y) != grid.scroll {
                heat.scroller.set_scroll_left(x.round() as i32);
                heat.scroller.set_scroll_top(y.round() as i32);
            }
            let spoken = heat.spoken(row, column).unwrap_or_else(|| format!("Row {}, being read", row + 1));
            self.spoken.set(spoken);
            Some(None)
        }) else {
            return;
        };
        let Some(open) = done else { return };
        event.prevent_default();
        self.ask_draw();
        if let Some(test) = open {
            open_test(&test);
        }
    }
}
