//! What the colour of a bar says, and the legend of the colours.

use serde::{Deserialize, Serialize};

/// What the colour of a bar says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourBy {
    /// What became of the attempt: [`crate::Frame::outcome`]; the tint is 0.
    #[default]
    Outcome,
    /// The group of its test.
    Group,
    /// A marker of its test. A test with several has the class of its rarest marker (that of the fewest tests)
    /// among those that have a class of their own: `slow` says more of a test than `integration`, which half of
    /// them have.
    Marker,
    /// The file of its test.
    File,
    /// Its own time, in steps of a log scale that fit the run.
    Duration,
    /// Whether its test is flaky, failing, retried or steady.
    Flakiness,
}

/// The classes of a colouring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Legend {
    /// What the colours say.
    pub colour: ColourBy,
    /// At most nine classes that some attempt has. Named classes come by time in tests, most first, with what
    /// is left over behind them; steps of time and of flakiness stand in their own order.
    pub items: Vec<LegendItem>,
}

/// One class of a colouring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LegendItem {
    /// The class, as in [`crate::Frame::tint`], 0 to 8; the outcome's code for [`ColourBy::Outcome`].
    pub tint: u8,
    /// What it stands for, for people.
    pub text: String,
    /// Attempts of this class, all attempts of the run.
    pub attempts: u32,
    /// Time in them, seconds.
    pub seconds: f64,
}
