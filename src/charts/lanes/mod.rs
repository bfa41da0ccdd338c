//! The lanes of a run on a canvas.
//!
//! Plain data first: `span` (seconds to pixels), `axis` (ticks), `rows` (where lanes lie), `bars` (a frame that can
//! be searched), `cache` (which frame to draw, which to ask for), `layout` and `raster` (bars to rows of pixels), `text`
//! (names cut to their room). None of these needs a screen. Then the painter (`paint`, `ground`, `signs`, `hatch`) and the views:
//! `strip` for the overview; `stage`, `gestures`, `keyboard`, `chart` and `minimap` for the timeline.

mod axis;
mod bars;
mod cache;
mod chart;
mod gestures;
mod ground;
mod hatch;
mod keyboard;
mod layout;
mod looks;
mod minimap;
mod paint;
mod pointed;
mod raster;
mod rows;
mod signs;
mod source;
mod span;
mod stage;
mod strip;
mod text;
mod tooltip;

pub use chart::lane_chart;
pub use looks::COLOURS;
pub use minimap::minimap;
pub use paint::top_px;
pub use rows::HEAD_PX;
pub use source::change_lanes;
pub use stage::Stage;
pub use strip::lane_strip;
