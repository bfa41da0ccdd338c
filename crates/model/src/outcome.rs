//! Outcomes of attempts and tests.

/// What became of an attempt, or finally of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// The body ran through and nothing else failed.
    Passed = 0,
    /// The body of the test failed.
    Failed = 1,
    /// Setup, teardown, collection, a crash or a time-out of the harness.
    Error = 2,
    /// Did not run, on purpose.
    Skipped = 3,
    /// Failed as expected.
    XFailed = 4,
    /// Passed although a failure was expected.
    XPassed = 5,
    /// The file does not tell: an earlier attempt that was overwritten, a test cut off by the end of the run.
    #[default]
    Unknown = 6,
}

impl Outcome {
    /// All outcomes, in the order of their codes.
    pub const ALL: [Self; 7] =
        [Self::Passed, Self::Failed, Self::Error, Self::Skipped, Self::XFailed, Self::XPassed, Self::Unknown];

    /// The outcome of a stored code; what is no code is `Unknown`.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::Unknown)
    }

    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::XFailed => "xfailed",
            Self::XPassed => "xpassed",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome that a word names, if it names one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == word)
    }

    /// Whether someone has to look at it: failed or error.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Error)
    }
}

/// How many tests came to which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    counts: [u32; 7],
}

impl OutcomeCounts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        if let Some(n) = self.counts.get_mut(outcome as usize) {
            *n += 1;
        }
    }

    /// How many came to this outcome.
    #[must_use]
    pub fn get(&self, outcome: Outcome) -> u32 {
        self.counts.get(outcome as usize).copied().unwrap_or(0)
    }

    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }
}
