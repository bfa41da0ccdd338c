//! The painter: one view of the lanes onto a canvas.

use std::rc::Rc;

use lanescope_protocol::{Place, Provenance, Timeline};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::charts::canvas::Surface;
use crate::charts::lanes::axis;
use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::ground::Grounds;
use crate::charts::lanes::hatch::{Hatch, Hatches};
use crate::charts::lanes::layout::{self, Ink, LEVELS, Layout, Rect, Wide};
use crate::charts::lanes::raster::Layer;
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::signs;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::lanes::text::Widths;
use crate::charts::theme::{self, Palette};
use crate::shell::dom;
use crate::state::number::Within;
use crate::ui::format;

/// Height of the axis, pixels.
pub const AXIS_PX: f64 = 24.0;
/// Height of the line that says that the lanes are not recorded, pixels.
pub const BANNER_PX: f64 = 20.0;
/// Strength of a bar's colour by level.
const ALPHA: [f64; LEVELS] = [0.16, 0.38, 0.56, 0.78, 1.0];
/// Bars of this height carry their time below their name, pixels.
const TWO_LINES_PX: f64 = 34.0;
/// Names in one view: each is a piece of text to be set.
const MAX_NAMES: usize = 240;
const SMALL: &str = "11px";

/// One view of the lanes.
pub struct Scene<'a> {
    /// The lanes.
    pub timeline: &'a Timeline,
    /// Frames, each with the stretch that it is drawn on.
    pub pieces: &'a [(Rc<Bars>, Span)],
    /// What is visible.
    pub view: Span,
    /// Where the lanes lie.
    pub rows: Rows,
    /// The bar under the pointer.
    pub hover: Option<Bar>,
    /// The bar that the keys have come to.
    pub cursor: Option<Bar>,
    /// Where the attempts of the selected test lie.
    pub selected: &'a [Place],
    /// Where those of a test lie that is chosen or pointed at in another run.
    pub twins: &'a [Place],
    /// Whether names and marks of workers are written.
    pub named: bool,
    /// Bars and holes of the part of the time that is chosen.
    pub pieces_of: &'a [Place],
    /// The stretch that is measured.
    pub range: Option<Span>,
    /// The box that is being drawn to zoom to.
    pub rubber: Option<Rect>,
    /// Name of an attempt's test, where it is known.
    pub name: &'a dyn Fn(u32) -> Option<String>,
    /// Version of the theme.
    pub theme: u32,
    /// The page's font.
    pub font: &'a str,
}

impl<'a> Scene<'a> {
    /// Lanes and nothing else.
    pub fn plain(timeline: &'a Timeline, pieces: &'a [(Rc<Bars>, Span)], view: Span, rows: Rows, theme: u32) -> Self {
        let (hover, cursor, range, rubber) = (None, None, None, None);
        let (none, name, font) = (&[] as &[Place], &|_| None, "sans-serif");
        let (selected, twins, pieces_of) = (none, none, none);
        Self {
            named: true,
            timeline,
            pieces,
            view,
            rows,
            hover,
            cursor,
            selected,
            twins,
            pieces_of,
            range,
            rubber,
            name,
            theme,
            font,
        }
    }
}

/// What the painter keeps between draws.
#[derive(Default)]
pub struct Painter {
    layout: Layout,
    grounds: Grounds,
    hatches: Hatches,
    ink: Option<(u32, Ink)>,
    rows: Option<HtmlCanvasElement>,
    widths: Option<(String, Widths)>,
}

/// What is said on the canvas itself, always, where the lanes are not recorded.
pub fn banner(provenance: Provenance) -> Option<&'static str> {
    match provenance {
        Provenance::Recorded => None,
        Provenance::Rebuilt => Some("rebuilt from recorded times"),
        Provenance::Simulated => Some("simulated from durations: not what happened"),
        Provenance::Unknown => Some("unknown"),
    }
}

/// Height above the first lane, pixels.
pub fn top_px(provenance: Provenance) -> f64 {
    AXIS_PX + if banner(provenance).is_some() { BANNER_PX } else { 0.0 }
}

fn ink_of(palette: &Palette) -> Ink {
    let levels = |color: &String| {
        let (r, g, b) = theme::rgb(color);
        ALPHA.map(|alpha| [r, g, b, (alpha * 255.0) as u8])
    };
    let (retry, heat) = (theme::rgb(&palette.bar_text), theme::rgb(&palette.accent));
    let mut kinds = [[[0; 4]; LEVELS]; layout::KINDS];
    for (kind, color) in kinds.iter_mut().zip(palette.bars.iter().chain([&palette.bar_flaky])) {
        *kind = levels(color);
    }
    let tints = palette.tints.each_ref().map(|colors| colors.each_ref().map(levels));
    Ink { kinds, tints, retry: [retry.0, retry.1, retry.2, 180], heat: [heat.0, heat.1, heat.2, 255] }
}

impl Painter {
    /// Bars with room for a name in the last draw.
    pub fn wide(&self) -> &[Wide] {
        &self.layout.wide
    }

    /// Paints a view.
    pub fn paint(&mut self, surface: &Surface, scene: &Scene) {
        let palette = theme::palette(scene.theme);
        let scale = Scale::new(scene.view, surface.width);
        let context = &surface.context;
        self.hatches.refresh(context, &palette, scene.theme, surface.ratio);
        let ink = match &self.ink {
            Some((theme, ink)) if *theme == scene.theme => ink,
            _ => &self.ink.insert((scene.theme, ink_of(&palette))).1,
        };
        let place = layout::Place { scale, rows: &scene.rows, ratio: surface.ratio, width: surface.width };
        self.layout.lay_out(scene.pieces, &place, ink);
        self.grounds.lay_out(scene, &self.layout.gaps, scale, surface);
        let _ = self.bars(surface);
        if banner(scene.timeline.provenance).is_some() {
            // Only onto what is painted already: the bars.
            let all = [0.0, scene.rows.top, surface.width, (scene.rows.bottom - scene.rows.top).max(0.0)];
            let _ = context.set_global_composite_operation("source-atop");
            self.hatches.fill(surface, Hatch::NotRecorded, scale.x(0.0), &[all]);
        }
        let _ = context.set_global_composite_operation("destination-over");
        self.grounds.paint(surface, scene, scale, &self.hatches, &palette);
        let _ = context.set_global_composite_operation("source-over");
        signs::marks(context, &self.layout, &palette);
        if scene.named {
            self.names(context, scene, &palette);
        }
        signs::links(context, scene, scale, &palette);
        if scene.named {
            signs::deaths(context, scene, scale, &palette);
        }
        signs::outlines(context, scene, scale, &palette);
        chosen(context, scene, scale, &palette);
        axis_band(surface, scene, scale, &palette);
        measured(context, scene, scale, &palette);
    }

    /// Rows of pixels go to a small canvas, and from there each to its lane.
    fn bars(&mut self, surface: &Surface) -> Option<()> {
        let raster = &self.layout.raster;
        let (width, height) = (raster.width as u32, raster.strips.len() as u32);
        if width == 0 || height == 0 {
            return None;
        }
        let rows = match &self.rows {
            Some(rows) => rows,
            None => self.rows.insert(dom::document().create_element("canvas").ok()?.dyn_into().ok()?),
        };
        // Larger than needed is as good, and setting the size clears.
        if rows.width() != width || rows.height() < height {
            rows.set_width(width);
            rows.set_height(height);
        }
        let pixels: CanvasRenderingContext2d = rows.get_context("2d").ok()??.dyn_into().ok()?;
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(raster.bytes()), width, height).ok()?;
        pixels.put_image_data(&image, 0.0, 0.0).ok()?;
        let context = &surface.context;
        context.set_image_smoothing_enabled(false);
        for (layer, how) in
            [(Layer::Bars, "source-over"), (Layer::Over, "source-over"), (Layer::Cut, "destination-out")]
        {
            let _ = context.set_global_composite_operation(how);
            for (row, strip) in (0_u32..).zip(&raster.strips).filter(|(_, strip)| strip.layer == layer) {
                let _ = context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    rows,
                    0.0,
                    f64::from(row),
                    f64::from(width),
                    1.0,
                    0.0,
                    strip.y,
                    f64::from(width) / surface.ratio,
                    strip.height,
                );
            }
        }
        let _ = context.set_global_composite_operation("source-over");
        Some(())
    }

    fn names(&mut self, context: &CanvasRenderingContext2d, scene: &Scene, palette: &Palette) {
        context.set_font(&format!("{SMALL} {}", scene.font));
        let least_px = layout::least_px(&self.layout.wide, MAX_NAMES);
        let wide = self.layout.wide.iter().filter(|wide| wide.rect[2] >= least_px);
        let known: Vec<_> = wide.filter_map(|wide| Some((wide, (scene.name)(wide.attempt)?))).collect();
        // Widths are a hundred questions to the browser: not before there is a name to write.
        if known.is_empty() && !self.grounds.has_room(&self.layout.gaps) {
            return;
        }
        let widths = match &self.widths {
            Some((font, widths)) if font == scene.font => widths,
            _ => {
                let measured = Widths::measure(|text| context.measure_text(text).map_or(7.0, |m| m.width()));
                &self.widths.insert((scene.font.to_owned(), measured)).1
            }
        };
        context.set_text_baseline("middle");
        context.set_text_align("left");
        self.grounds.names(context, &self.layout.gaps, widths, palette);
        for (wide, name) in known {
            let [x, y, width, height] = wide.rect;
            let bright = wide.marked && self.layout.by_outcome;
            context.set_fill_style_str(if bright { &palette.bar_mark } else { &palette.bar_text });
            let text = widths.clip(&name, width);
            if text.is_empty() {
                continue;
            }
            let middle = (y + height / 2.0).round() + 0.5;
            if height < TWO_LINES_PX {
                let _ = context.fill_text(&text, x, middle);
                continue;
            }
            let _ = context.fill_text(&text, x, middle - 7.0);
            // A figure is shown whole or not at all.
            let time = format::seconds(wide.len_s);
            let seconds = Some(widths.clip(&time, width)).filter(|clipped| *clipped == time).unwrap_or_default();
            context.set_global_alpha(0.72);
            let _ = context.fill_text(&seconds, x, middle + 7.0);
            context.set_global_alpha(1.0);
        }
    }
}

/// Fills rectangles.
pub(super) fn fill(context: &CanvasRenderingContext2d, rects: &[Rect]) {
    for [x, y, width, height] in rects {
        context.fill_rect(*x, *y, *width, *height);
    }
}

/// The measured stretch and the box to zoom to, over the lanes.
fn chosen(context: &CanvasRenderingContext2d, scene: &Scene, scale: Scale, palette: &Palette) {
    let band = scene.range.map(|range| {
        let (from, to) = (scale.x(range.from_s), scale.x(range.to_s));
        [from, scene.rows.top, to - from, (scene.rows.bottom - scene.rows.top).max(0.0)]
    });
    context.set_fill_style_str(&palette.accent);
    context.set_stroke_style_str(&palette.accent);
    context.set_line_width(1.0);
    for [x, y, width, height] in band.into_iter().chain(scene.rubber) {
        context.set_global_alpha(0.14);
        context.fill_rect(x, y, width, height);
        context.set_global_alpha(1.0);
        context.stroke_rect(x, y, width, height);
    }
}

/// The length of the measured stretch, in the axis above it.
fn measured(context: &CanvasRenderingContext2d, scene: &Scene, scale: Scale, palette: &Palette) {
    let Some(seen) = scene.range.and_then(|range| range.common(scene.view)) else { return };
    let text = format::seconds(scene.range.map_or(0.0, Span::len_s));
    let half = context.measure_text(&text).map_or(30.0, |m| m.width() / 2.0) + 6.0;
    let right = scale.x(scene.view.to_s) - half;
    let middle = scale.x(f64::midpoint(seen.from_s, seen.to_s)).within(half, right.max(half)).round();
    context.set_fill_style_str(&palette.accent);
    context.fill_rect(middle - half, scene.rows.top - AXIS_PX + 3.0, half * 2.0, AXIS_PX - 6.0);
    context.set_fill_style_str(&palette.surface);
    context.set_text_align("center");
    let _ = context.fill_text(&text, middle, scene.rows.top - AXIS_PX / 2.0 + 0.5);
}

/// The axis lies on top, so that scrolled lanes pass under it.
fn axis_band(surface: &Surface, scene: &Scene, scale: Scale, palette: &Palette) {
    let context = &surface.context;
    let top = scene.rows.top;
    if top <= 0.0 {
        return;
    }
    context.set_fill_style_str(&palette.surface);
    context.fill_rect(0.0, 0.0, surface.width, top - 6.0);
    if scene.rows.scroll > 0.0 {
        context.fill_rect(0.0, top - 6.0, surface.width, 6.0);
    }
    context.set_text_baseline("middle");
    let base = if let Some(text) = banner(scene.timeline.provenance) {
        context.set_font(&format!("600 {SMALL} {}", scene.font));
        context.set_fill_style_str(&palette.text);
        context.set_text_align("left");
        // On a phone it is a little wider than the lanes, and set closer.
        let _ = context.fill_text_with_max_width(text, 0.0, BANNER_PX / 2.0 + 1.0, surface.width);
        BANNER_PX
    } else {
        0.0
    };
    context.set_font(&format!("{SMALL} {}", scene.font));
    context.set_fill_style_str(&palette.text_3);
    context.set_text_align("left");
    let mut end = f64::MIN;
    for (s, label) in axis::ticks(scene.view, surface.width, axis::apart_px(surface.width)) {
        let wide = context.measure_text(&label).map_or(48.0, |m| m.width());
        // A label that would be cut at an edge is moved in, and one that would touch the one before is left out.
        let left = (scale.x(s) - wide / 2.0).within(0.0, (surface.width - wide).max(0.0));
        if left > end + 8.0 {
            let _ = context.fill_text(&label, left, base + AXIS_PX / 2.0 - 1.0);
            end = left + wide;
        }
    }
    context.set_fill_style_str(&palette.line_strong);
    context.fill_rect(0.0, top - 1.0, surface.width, 1.0 / surface.ratio);
}
