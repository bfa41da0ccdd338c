//! The lanes on the screen as a picture of their own: with a title, names and a legend.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::charts::lanes::paint::banner;
use crate::charts::lanes::stage::Stage;
use crate::charts::theme::{self, Palette};
use crate::shell::dom;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::format;
use leptos::prelude::*;

const MARGIN: f64 = 16.0;
/// Room at the left for the names of the lanes, pixels.
const GUTTER: f64 = 112.0;
const HEAD: f64 = 44.0;
const LEGEND_LINE: f64 = 22.0;

impl Stage {
    /// What is on the canvas now, in the page's look and at the screen's resolution, under this title.
    pub fn picture(self, title: &str) -> Option<HtmlCanvasElement> {
        let core = self.core();
        let lanes = core.canvas.borrow().clone()?;
        let (wide, high) = (f64::from(lanes.client_width()), f64::from(lanes.client_height()));
        let ratio = dom::window().device_pixel_ratio().max(1.0);
        let family = style(&lanes, "font-family");
        let palette = theme::palette(self.app.repaint.get_untracked());
        let width = GUTTER + wide + MARGIN;
        let items = legend_items();

        let picture: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.dyn_into().ok()?;
        let context: CanvasRenderingContext2d = picture.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        context.set_font(&format!("11px {family}"));
        let lines = 1.0 + legend(&context, &items, width, None);
        let height = HEAD + high + MARGIN + lines * LEGEND_LINE;
        picture.set_width((width * ratio).round() as u32);
        picture.set_height((height * ratio).round() as u32);
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        context.set_fill_style_str(&palette.surface);
        context.fill_rect(0.0, 0.0, width, height);
        context.set_text_baseline("middle");

        let known = self.timeline.with_untracked(|t| t.as_ref().and_then(|t| banner(t.provenance)));
        let view = self.view.get_untracked();
        let ends = [view.from_s, view.to_s].map(format::seconds).join(" – ").replace('-', "−");
        let range = format!("{}, {ends}", format::seconds(view.len_s()));
        text(&context, &palette.text, &format!("600 14px {family}"), title, MARGIN, HEAD / 2.0);
        context.set_text_align("right");
        let right = known.map_or(range.clone(), |known| format!("{range} · {known}"));
        text(&context, &palette.text_2, &format!("12px {family}"), &right, width - MARGIN, HEAD / 2.0);

        let _ = context.draw_image_with_html_canvas_element_and_dw_and_dh(&lanes, GUTTER, HEAD, wide, high);
        self.timeline.with_untracked(|timeline| {
            let Some(timeline) = timeline.as_ref() else { return };
            let rows = self.rows(timeline, high);
            let font = format!("{} {family}", number::px(rows.bar_height().within(8.0, 12.0)));
            for row in rows.visible() {
                let y = rows.y(row) + rows.bar_height() / 2.0;
                if let Some(lane) = timeline.lanes.get(row as usize).filter(|_| y > rows.top && y < high) {
                    context.set_font(&font);
                    context.set_fill_style_str(&palette.text);
                    let _ = context.fill_text_with_max_width(&lane.name, GUTTER - 8.0, HEAD + y, GUTTER - MARGIN - 8.0);
                }
            }
        });
        context.set_text_align("left");
        context.set_font(&format!("11px {family}"));
        legend(&context, &items, width, Some((&palette, HEAD + high + MARGIN / 2.0 + LEGEND_LINE / 2.0)));
        Some(picture)
    }
}

fn style(element: &web_sys::Element, name: &str) -> String {
    let style = dom::window().get_computed_style(element).ok().flatten();
    style.and_then(|s| s.get_property_value(name).ok()).unwrap_or_default()
}

fn text(context: &CanvasRenderingContext2d, colour: &str, font: &str, text: &str, x: f64, y: f64) {
    context.set_font(font);
    context.set_fill_style_str(colour);
    let _ = context.fill_text(text, x, y);
}

/// What the legend on the page says: colour, whether it is hatched, words.
fn legend_items() -> Vec<(String, bool, String)> {
    let Ok(list) = dom::document().query_selector_all(".timeline-legend li") else { return Vec::new() };
    let items = (0..list.length()).filter_map(|i| {
        let item: web_sys::Element = list.get(i)?.dyn_into().ok()?;
        let swatch = item.query_selector(".swatch").ok().flatten()?;
        let hatched = style(&swatch, "background-image") != "none";
        Some((style(&swatch, "background-color"), hatched, item.text_content().unwrap_or_default()))
    });
    items.collect()
}

/// Draws the legend, or only counts the lines that it takes beyond the first.
fn legend(
    context: &CanvasRenderingContext2d,
    items: &[(String, bool, String)],
    width: f64,
    onto: Option<(&Palette, f64)>,
) -> f64 {
    let (mut x, mut line) = (MARGIN, 0.0);
    for (colour, hatched, words) in items {
        let room = 16.0 + context.measure_text(words).map_or(60.0, |m| m.width()) + 16.0;
        if x > MARGIN && x + room > width {
            (x, line) = (MARGIN, line + 1.0);
        }
        if let Some((palette, top)) = onto {
            let y = top + line * LEGEND_LINE;
            context.set_fill_style_str(colour);
            context.fill_rect(x, y - 5.0, 11.0, 10.0);
            if *hatched {
                context.set_stroke_style_str(&palette.text_3);
                context.begin_path();
                for at in [2.0, 6.0, 10.0] {
                    context.move_to(x + at - 2.0, y + 5.0);
                    context.line_to(x + (at + 3.0).min(11.0), y - 5.0);
                }
                context.stroke();
            }
            context.set_fill_style_str(&palette.text_2);
            let _ = context.fill_text(words, x + 16.0, y + 0.5);
        }
        x += room;
    }
    line
}
