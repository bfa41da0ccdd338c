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
        CargoTestText = "cargo-test-text",
        ChromeTrace = "chrome-trace",
        CtestXml = "ctest-xml",
        CtrfJson = "ctrf-json",
        CucumberJson = "cucumber-json",
        CucumberMessages = "cucumber-messages",
        DartJson = "dart-json",
        GoTestJson = "go-test-json",
        GoTestText = "go-test-text",
        GtestJson = "gtest-json",
        JestJson = "jest-json",
        LanescopePack = "lanescope-pack",
        LibtestJson = "libtest-json",
        MochaJson = "mocha-json",
        MochawesomeJson = "mochawesome-json",
        Nunit2 = "nunit2",
        Nunit3 = "nunit3",
        OpenTestReporting = "open-test-reporting",
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
        Clover = "clover",
        Cobertura = "cobertura",
        CoveragePy = "coverage-py-json",
        CppUnit = "cppunit",
        Criterion = "criterion-json",
        CtestOther = "cdash-xml",
        CUnit = "cunit",
        Durations = "duration-map",
        Failsafe = "failsafe-summary",
        FpcUnit = "fpcunit",
        GithubRun = "github-actions-run",
        GoCoverage = "go-coverage",
        Gtester = "gtester",
        Jacoco = "jacoco",
        JenkinsResult = "jenkins-junit-result",
        Lcov = "lcov",
        Libcheck = "libcheck",
        MbUnit = "mbunit",
        OpenCover = "opencover",
        Parasoft = "parasoft",
        PytestBenchmark = "pytest-benchmark",
        QTest = "qtest-xml",
        SimpleCov = "simplecov-json",
        SonarQube = "sonarqube-generic",
        Tusar = "tusar",
        UnitTestPp = "unittest++",
        Valgrind = "valgrind",
        VitestBlob = "vitest-blob",
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
