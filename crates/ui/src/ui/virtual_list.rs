//! A list of any length: only the rows on screen are in the page.

use leptos::prelude::*;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use crate::shell::dom;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, div, keyed, later};

/// Browsers end an element somewhere between 17 and 33 million pixels, and place glyphs by single-precision
/// numbers, whose steps reach a pixel at 16 million. A list above this height scrolls faster than its rows.
const MAX_PX: f64 = 8_000_000.0;
/// Rows kept above and below what is on screen, so that a turn of the wheel finds them there.
const OVERSCAN: u32 = 5;

/// Sizes of a list, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geometry {
    /// Rows in all.
    pub total: u32,
    /// Height of a row.
    pub row_px: f64,
    /// Height of what is on screen.
    pub view_px: f64,
}

/// The rows to be in the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// First row in the page.
    pub first: u32,
    /// Row after the last in the page.
    pub end: u32,
    /// Where the first row stands below the top of the scrolled area.
    pub top_px: f64,
    /// First row on screen, even by a pixel.
    pub seen_first: u32,
    /// Row after the last on screen.
    pub seen_end: u32,
}

/// Where a row is to be on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Wherever the way is shortest; nowhere if it is seen already.
    Nearest,
    /// In the middle, unless it is seen already.
    Middle,
    /// At the top.
    Top,
}

impl Geometry {
    fn full_px(self) -> f64 {
        f64::from(self.total) * self.row_px
    }

    /// Height of the scrolled area.
    pub fn area_px(self) -> f64 {
        self.full_px().min(MAX_PX)
    }

    fn is_sized(self) -> bool {
        self.row_px >= 1.0 && self.view_px >= 1.0
    }

    /// How far the rows have moved up when the area is scrolled by so much.
    fn rows_px(self, scroll_px: f64) -> f64 {
        let (full, area) = (self.full_px(), self.area_px());
        let travel = (area - self.view_px).max(0.0);
        let scroll_px = scroll_px.within(0.0, travel);
        if full <= area || travel == 0.0 { scroll_px } else { scroll_px / travel * (full - self.view_px) }
    }

    /// The other way round.
    fn scroll_px(self, rows_px: f64) -> f64 {
        let (full, area) = (self.full_px(), self.area_px());
        let rows_px = rows_px.within(0.0, (full - self.view_px).max(0.0));
        if full <= area { rows_px } else { rows_px / (full - self.view_px) * (area - self.view_px) }
    }

    /// The rows to be in the page at this scroll position.
    pub fn window(self, scroll_px: f64) -> Window {
        if !self.is_sized() || self.total == 0 {
            return Window::default();
        }
        let above = self.rows_px(scroll_px);
        let seen_first = ((above / self.row_px) as u32).min(self.total - 1);
        let seen_end = (((above + self.view_px) / self.row_px).ceil() as u32).clamp(seen_first + 1, self.total);
        let first = seen_first.saturating_sub(OVERSCAN);
        let end = seen_end.saturating_add(OVERSCAN).min(self.total);
        let travel = (self.area_px() - self.view_px).max(0.0);
        let top_px = scroll_px.within(0.0, travel) + f64::from(first) * self.row_px - above;
        Window { first, end, top_px, seen_first, seen_end }
    }

    /// The scroll position that brings a row on screen; `None` if it is there.
    pub fn reveal(self, row: u32, scroll_px: f64, align: Align) -> Option<f64> {
        if !self.is_sized() || self.total == 0 {
            return None;
        }
        let above = self.rows_px(scroll_px);
        let top = f64::from(row.min(self.total - 1)) * self.row_px;
        let bottom = top + self.row_px;
        // Half a pixel is lost in rounding where the rows move faster than the area.
        let slack = (self.full_px() / self.area_px()).max(1.0) * 0.5;
        let seen = top >= above - slack && bottom <= above + self.view_px + slack;
        let wanted = match align {
            Align::Top => top,
            _ if seen => return None,
            Align::Middle => top - (self.view_px - self.row_px) / 2.0,
            Align::Nearest if top < above => top,
            Align::Nearest => bottom - self.view_px,
        };
        Some(self.scroll_px(wanted))
    }

    /// Rows that a page key moves by.
    fn page_rows(self) -> u32 {
        if self.is_sized() { ((self.view_px / self.row_px) as u32).saturating_sub(1).max(1) } else { 1 }
    }
}

/// The state of a list, for the widget and for the page that owns it. Copy.
#[derive(Clone, Copy)]
pub struct ListState {
    /// Rows in all.
    pub total: Signal<u32>,
    /// The row that the keys move.
    pub active: RwSignal<u32>,
    /// How far the area is scrolled.
    pub scroll_px: RwSignal<f64>,
    /// The rows in the page.
    pub window: Memo<Window>,
    sizes: RwSignal<(f64, f64)>,
    wanted: RwSignal<Option<Wanted>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Row(u32, Align),
    Scroll(f64),
}

impl ListState {
    /// A list of so many rows, at its top.
    pub fn new(total: Signal<u32>) -> Self {
        let sizes = RwSignal::new((0.0, 0.0));
        let scroll_px = RwSignal::new(0.0);
        let window = Memo::new(move |_| geometry(total.get(), sizes.get()).window(scroll_px.get()));
        Self { total, active: RwSignal::new(0), scroll_px, window, sizes, wanted: RwSignal::new(None) }
    }

    /// Brings a row on screen, as soon as the list has a size.
    pub fn reveal(self, row: u32, align: Align) {
        self.wanted.set(Some(Wanted::Row(row, align)));
    }

    /// Scrolls to a position taken from `scroll_px` before.
    pub fn scroll_to(self, scroll_px: f64) {
        self.wanted.set(Some(Wanted::Scroll(scroll_px)));
    }

    fn move_to(self, row: u32) {
        self.active.set(row);
        self.reveal(row, Align::Nearest);
    }

    fn geometry(self) -> Geometry {
        geometry(self.total.get_untracked(), self.sizes.get_untracked())
    }

    fn measure(self, scroller: &HtmlElement) {
        let probe = scroller.query_selector(".vlist-probe").ok().flatten();
        let row_px = probe.map_or(0.0, |p| p.get_bounding_client_rect().height());
        let sizes = (row_px, f64::from(scroller.client_height()));
        if self.sizes.get_untracked() != sizes {
            // The same row stays at the top when rows get higher (a turned phone) or fewer.
            let top = self.window.get_untracked().seen_first;
            let keep = self.sizes.get_untracked().0 > 0.0 && self.sizes.get_untracked().0 != row_px;
            self.sizes.set(sizes);
            if keep {
                self.reveal(top, Align::Top);
            }
        }
    }

    fn key(self, event: &KeyboardEvent, open: Callback<u32>) {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key());
        let total = self.total.get_untracked();
        if !plain || total == 0 {
            return;
        }
        let now = self.active.get_untracked().min(total - 1);
        let page = self.geometry().page_rows();
        match event.key().as_str() {
            "ArrowDown" => self.move_to((now + 1).min(total - 1)),
            "ArrowUp" => self.move_to(now.saturating_sub(1)),
            "PageDown" => self.move_to(now.saturating_add(page).min(total - 1)),
            "PageUp" => self.move_to(now.saturating_sub(page)),
            "Home" => self.move_to(0),
            "End" => self.move_to(total - 1),
            "Enter" | " " => open.run(now),
            _ => return,
        }
        event.prevent_default();
    }
}

fn geometry(total: u32, (row_px, view_px): (f64, f64)) -> Geometry {
    Geometry { total, row_px, view_px }
}

/// The id of a row's element, for `aria-activedescendant`.
pub fn row_id(row: u32) -> String {
    format!("row-{row}")
}

/// The list, named for screen readers, with so many columns and a row of their titles. A row is an element with
/// `id=row_id(row)`, `role="row"` and `aria-rowindex=row + 2`; `open` is called when one is opened by key. Rows are all
/// of one height, that of `.vlist-probe` in the styles. The focus stays on the list itself and points at the active row,
/// so that it is not lost when that row is scrolled away.
pub fn virtual_list(
    label: &str,
    state: ListState,
    columns: u32,
    header: El,
    row: impl Fn(u32) -> El + 'static,
    open: Callback<u32>,
) -> El {
    let area_px = move || number::plain(geometry(state.total.get(), state.sizes.get()).area_px()) + "px";
    let top_px = move || number::plain(state.window.get().top_px) + "px";
    let active_id = move || {
        let (window, active) = (state.window.get(), state.active.get());
        (window.first <= active && active < window.end).then(|| row_id(active))
    };
    let in_page = move || {
        let window = state.window.get();
        (window.first..window.end).collect()
    };
    let rows = div("vlist-rows").attr("role", "presentation").live_style("top", top_px).with(keyed(in_page, row));
    let area = div("vlist-area").attr("role", "presentation").live_style("height", area_px).with(rows);
    let scroller = div("vlist-scroll").attr("role", "rowgroup").attr("tabindex", "0");
    let scroller = scroller.with((div("vlist-probe").attr("aria-hidden", "true"), area));
    let grid = div("vlist").attr("role", "grid").attr("aria-label", label).attr("tabindex", "0");
    let grid = grid.attr("aria-colcount", columns.to_string()).live_attr("aria-activedescendant", active_id);
    let grid = grid.live_attr("aria-rowcount", move || (state.total.get() + 1).to_string());
    let grid = grid.on("keydown", move |event: KeyboardEvent| state.key(&event, open)).with((header, &scroller));

    let node = scroller.html();
    let scrolled = node.clone();
    // A click on a row focuses what scrolls; the keys and the active row belong to the list.
    let whole = grid.html();
    let _ = scroller.on("scroll", move |_: Event| state.scroll_px.set(f64::from(scrolled.scroll_top()))).on(
        "focus",
        move |_: Event| {
            let _ = whole.focus();
        },
    );
    let (mounted, measured) = (node.clone(), node.clone());
    later(move || state.measure(&mounted));
    dom::on_resize(&node, move || state.measure(&measured));
    later(move || {
        let (wanted, total, sizes) = (state.wanted.get(), state.total.get(), state.sizes.get());
        let Some(wanted) = wanted else { return };
        let now = geometry(total, sizes);
        if !now.is_sized() || total == 0 {
            return;
        }
        state.wanted.set(None);
        let target = match wanted {
            Wanted::Row(row, align) => now.reveal(row, f64::from(node.scroll_top()), align),
            Wanted::Scroll(px) => Some(px),
        };
        if let Some(px) = target {
            let node = node.clone();
            // The area takes its new height in this turn; only then can it be scrolled that far.
            dom::next_frame(move || {
                node.set_scroll_top(px.round() as i32);
                state.scroll_px.set(f64::from(node.scroll_top()));
            });
        }
    });
    grid
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    const SMALL: Geometry = Geometry { total: 1_000, row_px: 28.0, view_px: 280.0 };
    const HUGE: Geometry = Geometry { total: 1_000_000, row_px: 30.0, view_px: 600.0 };

    #[test]
    fn a_list_without_size_or_rows_shows_nothing() {
        for geometry in
            [Geometry::default(), Geometry { total: 5, ..Geometry::default() }, Geometry { total: 0, ..SMALL }]
        {
            assert_eq!(geometry.window(100.0), Window::default());
            assert_eq!(geometry.reveal(3, 0.0, Align::Top), None);
        }
    }

    #[test]
    fn rows_on_screen_and_a_few_around_are_in_the_page() {
        let top = SMALL.window(0.0);
        assert_eq!((top.seen_first, top.seen_end, top.first, top.end), (0, 10, 0, 15));
        let middle = SMALL.window(28.0 * 100.0 + 5.0);
        assert_eq!((middle.seen_first, middle.seen_end, middle.first, middle.end), (100, 111, 95, 116));
        assert_eq!(middle.top_px, 28.0 * 95.0);
        let past_the_end = SMALL.window(1e9);
        assert_eq!((past_the_end.seen_first, past_the_end.end), (990, 1_000));
    }

    #[test]
    fn a_million_rows_fit_below_what_browsers_can() {
        assert_eq!(HUGE.area_px(), MAX_PX);
        let end = HUGE.window(MAX_PX - 600.0);
        assert_eq!((end.seen_first, end.seen_end), (999_980, 1_000_000));
        // The last row ends where the area ends.
        let bottom = end.top_px + f64::from(end.end - end.first) * 30.0;
        assert!((bottom - MAX_PX).abs() < 1e-3, "{bottom}");
        assert_eq!(HUGE.window(0.0).top_px, 0.0);
    }

    #[test]
    fn every_row_can_be_brought_on_screen() {
        for geometry in [SMALL, HUGE] {
            for row in [0, 1, 9, 10, geometry.total / 3, geometry.total - 2, geometry.total - 1] {
                for align in [Align::Nearest, Align::Middle, Align::Top] {
                    let from = geometry.area_px() / 2.0;
                    let to = geometry.reveal(row, from, align).unwrap_or(from).round();
                    let window = geometry.window(to);
                    assert!(window.seen_first <= row && row < window.seen_end, "{row} {align:?} {window:?}");
                    assert_eq!(geometry.reveal(row, to, Align::Nearest), None, "it stays: {row} {align:?}");
                }
            }
        }
    }

    #[test]
    fn arrow_keys_scroll_a_row_at_a_time() {
        let mut scroll = 0.0;
        for row in 0..30 {
            scroll = SMALL.reveal(row, scroll, Align::Nearest).unwrap_or(scroll);
        }
        assert_eq!(scroll, 28.0 * 20.0);
        assert_eq!(SMALL.reveal(19, scroll, Align::Nearest).unwrap(), 28.0 * 19.0);
    }
}
