//! The whole run in a strip, with the visible window as a brush that can be dragged.

use leptos::prelude::*;
use web_sys::{Event, HtmlCanvasElement, PointerEvent};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::paint::{Painter, Scene};
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::lanes::stage::Stage;
use crate::shell::dom;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, div, el, later};

/// Pixels at the brush's ends that resize it.
const HANDLE_PX: f64 = 8.0;
/// The brush is never drawn narrower, pixels.
const NARROWEST_PX: f64 = 6.0;

/// What a drag does.
#[derive(Clone, Copy, PartialEq)]
enum Drag {
    Move { grabbed_s: f64 },
    Left,
    Right,
}

/// The strip above the lanes.
pub fn minimap(stage: Stage) -> El {
    let app = stage.app;
    let drawn = el("canvas", "");
    let holder = div("minimap").attr("aria-hidden", "true");
    let canvas: HtmlCanvasElement = drawn.as_node();
    let width = RwSignal::new(1.0_f64);
    let drag = RwSignal::new(None::<Drag>);
    let painter = StoredValue::new_local(Painter::default());
    let surface = canvas.clone();
    let draw = move || {
        let Some(surface) = canvas::prepare(&surface) else { return };
        stage.timeline.with_untracked(|timeline| {
            let Some(timeline) = timeline.as_ref().filter(|t| !t.lanes.is_empty()) else { return };
            let bars = stage.core().cache.borrow().whole();
            let view = stage.bounds.get_untracked();
            let pieces: Vec<_> = bars.into_iter().map(|bars| (bars, view)).collect();
            let count = timeline.lanes.len() as u32;
            let pitch = surface.height / f64::from(count.max(1));
            let rows = Rows::new(count, pitch, 0.0, surface.height);
            let plain = Scene::plain(timeline, &pieces, view, rows, app.repaint.get_untracked());
            let scene = Scene { named: false, ..plain };
            painter.try_update_value(|painter| painter.paint(&surface, &scene));
        });
    };
    let redraw = Redraw::new(draw);
    let watched = canvas.clone();
    dom::on_resize(&canvas, move || width.set(f64::from(watched.client_width()).max(1.0)));
    // The lanes have their first look before.
    let turn = RwSignal::new(false);
    let take_turn = move || {
        let _ = turn.try_set(true);
    };
    canvas::in_turn(take_turn);
    later(move || {
        if !turn.get() {
            return;
        }
        width.track();
        stage.timeline.track();
        stage.first_frame.track();
        stage.bounds.track();
        stage.whole.track();
        app.repaint.track();
        redraw.ask();
    });
    let brush = move || {
        let scale = Scale::new(stage.bounds.get(), width.get());
        let view = stage.view.get();
        let (left, right) = (scale.x(view.from_s), scale.x(view.to_s));
        let wide = (right - left).max(NARROWEST_PX);
        let left = (left + right - wide) / 2.0;
        (left.within(0.0, (width.get() - wide).max(0.0)), wide)
    };
    let node = holder.html();
    let at_s = move |event: &PointerEvent| {
        let x = f64::from(event.client_x()) - node.get_bounding_client_rect().left();
        (x, Scale::new(stage.bounds.get_untracked(), width.get_untracked()).s(x))
    };
    let (node, at) = (holder.html(), at_s.clone());
    let down = move |event: PointerEvent| {
        let _ = node.set_pointer_capture(event.pointer_id());
        let (x, s) = at(&event);
        let (left, wide) = untrack(brush);
        let view = stage.view.get_untracked();
        let whole = view.same(stage.bounds.get_untracked());
        let near = |edge: f64| (x - edge).abs() <= HANDLE_PX;
        drag.set(Some(if near(left + wide) && wide > 3.0 * HANDLE_PX {
            Drag::Right
        } else if near(left) && wide > 3.0 * HANDLE_PX {
            Drag::Left
        } else if x > left - HANDLE_PX && x < left + wide + HANDLE_PX && !whole {
            Drag::Move { grabbed_s: s - view.from_s }
        } else {
            stage.show(Span::around(
                s,
                if whole { view.len_s() / 8.0 } else { view.len_s() },
                stage.bounds.get_untracked(),
            ));
            Drag::Move { grabbed_s: s - stage.view.get_untracked().from_s }
        }));
    };
    let moved = move |event: PointerEvent| {
        let Some(drag) = drag.get_untracked() else { return };
        let (_, s) = at_s(&event);
        let view = stage.view.get_untracked();
        let hair = stage.bounds.get_untracked().len_s() * 1e-3;
        stage.show(match drag {
            Drag::Move { grabbed_s } => Span::new(s - grabbed_s, s - grabbed_s + view.len_s()),
            Drag::Left => Span::new(s.max(stage.bounds.get_untracked().from_s).min(view.to_s - hair), view.to_s),
            Drag::Right => Span::new(view.from_s, s.min(stage.bounds.get_untracked().to_s).max(view.from_s + hair)),
        });
    };
    let px = |px: f64| number::fixed(px, 1) + "px";
    let dim = div("minimap-dim").live_style("width", move || px(brush().0));
    let dim_right = div("minimap-dim right").live_style("left", move || px(brush().0 + brush().1));
    let window =
        div("minimap-brush").live_style("transform", move || format!("translateX({}px)", number::fixed(brush().0, 1)));
    let window = window.live_style("width", move || px(brush().1));
    let holder = holder.attr("title", "The whole run. Drag the window to move it, its ends to resize it.");
    let holder = holder.on("pointerdown", down).on("pointermove", moved).on("dblclick", move |_: Event| stage.fit());
    let holder = holder.on("pointerup", move |_: Event| drag.set(None));
    holder.on("pointercancel", move |_: Event| drag.set(None)).with((drawn, dim, dim_right, window))
}
