//! The names of formats beside those that every reader has, as closed sets.

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in the interface.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one of a word.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|name| name.as_str() == word)
            }
        }
    };
}

names! {
    /// A format that only a reader with all formats reads (cargo feature `full`); every reader recognises it.
    More {
        Allure1Xml = "allure1-xml",
        AllureResults = "allure-results",
        BazelBepJson = "bazel-bep-json",
        BuildkiteJson = "buildkite-json",
        CargoCriterion = "cargo-criterion-json",
        CargoTestText = "cargo-test-text",
        ChromeTrace = "chrome-trace",
        Clover = "clover",
        Cobertura = "cobertura",
        CoveragePy = "coverage-py-json",
        Criterion = "criterion-json",
        CtestXml = "ctest-xml",
        CtrfJson = "ctrf-json",
        CucumberJson = "cucumber-json",
        CucumberMessages = "cucumber-messages",
        DartJson = "dart-json",
        GoCoverage = "go-coverage",
        GoTestJson = "go-test-json",
        GoTestText = "go-test-text",
        GoogleBenchmark = "google-benchmark-json",
        GtestJson = "gtest-json",
        Hyperfine = "hyperfine-json",
        Istanbul = "istanbul-json",
        Jacoco = "jacoco",
        JestJson = "jest-json",
        LanescopePack = "lanescope-pack",
        Lcov = "lcov",
        LibtestJson = "libtest-json",
        MochaJson = "mocha-json",
        MochawesomeJson = "mochawesome-json",
        Nunit2 = "nunit2",
        Nunit3 = "nunit3",
        OpenTestReporting = "open-test-reporting",
        PytestBenchmark = "pytest-benchmark",
        PytestHtml = "pytest-html",
        PytestJsonReport = "pytest-json-report",
        RobotJson = "robot-json",
        RobotXml = "robot-xml",
        RspecJson = "rspec-json",
        Tap = "tap",
        TeamCity = "teamcity",
        TestNg = "testng-xml",
        Trx = "trx",
        VitestJson = "vitest-json",
        XunitNet = "xunit-net",
    }
}

impl More {
    /// Whether files of it hold coverage or benchmarks, and never tests.
    #[must_use]
    pub const fn holds_no_tests(self) -> bool {
        matches!(
            self,
            Self::CargoCriterion
                | Self::Clover
                | Self::Cobertura
                | Self::CoveragePy
                | Self::Criterion
                | Self::GoCoverage
                | Self::GoogleBenchmark
                | Self::Hyperfine
                | Self::Istanbul
                | Self::Jacoco
                | Self::Lcov
                | Self::PytestBenchmark
        )
    }
}

names! {
    /// What is recognised and named, and holds no test results that could be read.
    Named {
        AllureContainer = "allure-container",
        AllureExecutor = "allure-executor",
        AllureHistory = "allure-history",
        AllureTimeline = "allure-timeline",
        AllureTrend = "allure-trend",
        Boost = "boost-test",
        Catch2 = "catch2-xml",
        CiLog = "ci-log",
        CppUnit = "cppunit",
        CtestOther = "cdash-xml",
        CUnit = "cunit",
        Durations = "duration-map",
        Failsafe = "failsafe-summary",
        FpcUnit = "fpcunit",
        GithubRun = "github-actions-run",
        Gtester = "gtester",
        JenkinsResult = "jenkins-junit-result",
        LanescopeIndex = "lanescope-index",
        Libcheck = "libcheck",
        MbUnit = "mbunit",
        OpenCover = "opencover",
        Parasoft = "parasoft",
        QTest = "qtest-xml",
        SimpleCov = "simplecov-json",
        SonarQube = "sonarqube-generic",
        Tusar = "tusar",
        UnitTestPp = "unittest++",
        Valgrind = "valgrind",
        VitestBlob = "vitest-blob",
    }
}

impl Named {
    /// Whether a tool writes it beside its reports, which say all that it says of tests.
    pub(crate) fn stands_beside_reports(self) -> bool {
        matches!(
            self,
            Self::AllureContainer
                | Self::AllureExecutor
                | Self::AllureHistory
                | Self::AllureTimeline
                | Self::AllureTrend
                | Self::Failsafe
        )
    }
}

names! {
    /// What holds files of their own.
    Archive {
        Zip = "zip",
        Tar = "tar",
    }
}

names! {
    /// What tests leave beside their reports, known by its first bytes.
    Attachment {
        Image = "image",
        Video = "video",
        Trace = "trace",
        Pdf = "pdf",
        Program = "program",
        Database = "database",
    }
}
