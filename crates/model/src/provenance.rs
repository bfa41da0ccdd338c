//! How a figure is known.

/// How a figure that rests on times or workers is known. The order is that of trust, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Provenance {
    /// It stands in a file.
    Recorded = 0,
    /// It follows from recorded times, such as lanes packed from start and duration.
    Rebuilt = 1,
    /// It comes from a model and did not happen that way.
    Simulated = 2,
    /// No file tells.
    #[default]
    Unknown = 3,
}

impl Provenance {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Rebuilt => "rebuilt",
            Self::Simulated => "simulated",
            Self::Unknown => "unknown",
        }
    }

    /// The weaker of two: a figure is no better known than the worst of what it is made of.
    #[must_use]
    pub fn weaker(self, other: Self) -> Self {
        self.max(other)
    }
}
