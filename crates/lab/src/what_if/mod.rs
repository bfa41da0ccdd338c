//! What if: plans, their predictions, curves over workers, and the run as it is predicted.

mod calibrate;
mod compare;
mod knee;
mod plan;
mod predicted;
mod sweep;

pub use calibrate::Calibration;
pub use compare::what_if;
pub use knee::knee;
pub use plan::{Planned, Prediction};
pub use predicted::predicted_run;
pub use sweep::{Sweep, USUAL_WORKERS};
