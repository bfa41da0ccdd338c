//! Typed row numbers: a `TestId` cannot be used where a `WorkerId` is meant.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Stands for "none" inside a column, so that a column of ids stays four bytes a row.
            pub const NONE: Self = Self(u32::MAX);

            /// The row that this id names; out of every table's range for [`Self::NONE`].
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id, or `None` for [`Self::NONE`].
            #[must_use]
            pub fn some(self) -> Option<Self> {
                (self != Self::NONE).then_some(self)
            }
        }
    };
}

id!(
    /// A string of a run's [`crate::Strings`].
    StrId
);
id!(
    /// A group (matrix job or project) inside a run.
    GroupId
);
id!(
    /// A worker: a process or thread that executes tests.
    WorkerId
);
id!(
    /// A test: one identity of group, suite path and name with parameters.
    TestId
);
id!(
    /// An attempt: one execution of a test.
    AttemptId
);
id!(
    /// The texts (message, trace, output) of one attempt.
    TextId
);
