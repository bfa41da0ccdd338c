//! Which tool wrote a JUnit file, by what only that tool writes.

/// A dialect that is told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    #[default]
    General,
    Pytest,
    Nextest,
    Surefire,
    Playwright,
    Jest,
    Vitest,
    Gtest,
    Ctest,
    Mocha,
    Rspec,
}

impl Dialect {
    pub(crate) fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::General => return None,
            Self::Pytest => "pytest",
            Self::Nextest => "nextest",
            Self::Surefire => "surefire",
            Self::Playwright => "playwright",
            Self::Jest => "jest-junit",
            Self::Vitest => "vitest",
            Self::Gtest => "gtest",
            Self::Ctest => "ctest",
            Self::Mocha => "mocha",
            Self::Rspec => "rspec",
        })
    }

    /// By the name of the `testsuites` element and whether it has a `uuid`.
    pub(crate) fn of_root(name: Option<&str>, has_uuid: bool, has_id: bool) -> Self {
        match name {
            Some("pytest tests") => Self::Pytest,
            Some("nextest-run") => Self::Nextest,
            Some("vitest tests") => Self::Vitest,
            Some("jest tests") => Self::Jest,
            Some("Mocha Tests") => Self::Mocha,
            Some("AllTests") => Self::Gtest,
            Some("") if has_id => Self::Playwright,
            _ if has_uuid => Self::Nextest,
            _ => Self::General,
        }
    }

    /// By a `testsuite` element: its name and the names of its attributes, in order.
    pub(crate) fn of_suite(name: &str, attributes: &str) -> Self {
        match name {
            "pytest" => return Self::Pytest,
            "rspec" => return Self::Rspec,
            "(empty)" => return Self::Ctest,
            _ => {}
        }
        if attributes.contains("noNamespaceSchemaLocation ") {
            return Self::Surefire;
        }
        // The order in which pytest 5.4 and later write them; the suite's name can be set by the project.
        if attributes == "name errors failures skipped tests time timestamp hostname " {
            return Self::Pytest;
        }
        Self::General
    }
}
