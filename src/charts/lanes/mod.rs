//! The lanes of a run on a canvas.
//!
//! Plain data first: `span` (seconds to pixels), `axis` (ticks), `rows` (where lanes lie), `bars` (a frame that can
//! be searched), `cache` (which frame to draw, which to ask for), `layout` and `raster` (bars to rows of pixels), `text`
//! (names cut to their room), `series` (the curves). None of these needs a screen. Then the painter (`paint`, `ground`,
//! `signs`, `hatch`) and the views: `strip` for the overview; `stage`, `gestures`, `keyboard`, `chart`, `minimap` and
//! `curves` (painted by `curve`) for the timeline.

mod axis;
mod bars;
mod cache;
mod chart;
mod curve;
mod curves;
mod gestures;
mod ground;
mod hatch;
mod keyboard;
mod layout;
mod looks;
mod minimap;
mod motion;
mod paint;
mod picture;
mod pointed;
mod raster;
mod reach;
mod rows;
mod series;
mod signs;
mod source;
mod span;
mod stage;
mod strip;
mod text;
mod tooltip;

pub use axis::moment;
pub use chart::lane_chart;
pub use curve::Kind;
pub use curves::{CURVE_PX, Curves, curves_toggle, follow_pointer};
pub use looks::COLOURS;
pub use minimap::minimap;
pub use paint::top_px;
pub use pointed::What;
pub use rows::HEAD_PX;
pub use source::{change_lanes, fetch_lanes, request_of};
pub use span::Span;
pub use stage::Stage;
pub use strip::{in_words, lane_strip};
