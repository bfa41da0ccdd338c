//! The formats that only a reader with all formats reads, and what reads each.

mod allure;
mod allure1;
mod bazel_bep;
mod buildkite;
mod cargo_test_text;
mod chrome_trace;
mod clover;
mod cobertura;
mod coverage_py;
mod criterion;
mod ctest_xml;
mod ctrf;
mod cucumber_json;
mod cucumber_messages;
mod dart;
mod go_bench;
mod go_coverage;
mod go_test_json;
mod go_test_text;
mod google_benchmark;
mod gtest_json;
mod hyperfine;
mod istanbul;
mod jacoco;
mod jest;
mod kit;
mod lanescope_pack;
mod lcov;
mod libtest_json;
mod mocha;
mod mochawesome;
mod nunit;
mod open_test_reporting;
mod pytest_benchmark;
mod pytest_html;
mod pytest_json_report;
mod robot_json;
mod robot_xml;
mod rspec;
mod tap;
mod teamcity;
mod testng;
mod trx;
mod xunit_net;

use self::kit::Sheet;
use self::kit::json::{Document, Read};
use self::kit::lines::{LineParser, Lines};
use self::kit::xml::{Elements, XmlParser};
pub(crate) use self::lanescope_pack::PackReader;
use super::Parser;
use crate::More;
use crate::input::Input;
use crate::notes::Notes;

/// How a format is walked through.
enum Way {
    Json(Read),
    /// Line by line, without colours and the prefix of a CI service.
    Log(Box<dyn Lines>),
    /// Line by line, as they are.
    Plain(Box<dyn Lines>),
    Xml(Box<dyn Elements>),
}

fn way(format: More) -> Way {
    match format {
        More::Allure1Xml => Way::Xml(Box::<allure1::Allure1>::default()),
        More::AllureResults => Way::Json(allure::read),
        More::BazelBepJson => Way::Json(bazel_bep::read),
        More::BuildkiteJson => Way::Json(buildkite::read),
        More::CargoTestText => Way::Log(Box::<cargo_test_text::CargoTestText>::default()),
        More::CargoCriterion => Way::Log(Box::<criterion::CargoCriterion>::default()),
        More::ChromeTrace => Way::Json(chrome_trace::read),
        More::Clover => Way::Xml(Box::<clover::Clover>::default()),
        More::Cobertura => Way::Xml(Box::<cobertura::Cobertura>::default()),
        More::CoveragePy => Way::Json(coverage_py::read),
        More::Criterion => Way::Json(criterion::read),
        More::CtestXml => Way::Xml(Box::<ctest_xml::CtestXml>::default()),
        More::CtrfJson => Way::Json(ctrf::read),
        More::CucumberJson => Way::Json(cucumber_json::read),
        More::CucumberMessages => Way::Log(Box::<cucumber_messages::CucumberMessages>::default()),
        More::DartJson => Way::Log(Box::<dart::Dart>::default()),
        More::GoCoverage => Way::Plain(Box::<go_coverage::GoCoverage>::default()),
        More::GoTestJson => Way::Log(Box::<go_test_json::GoTestJson>::default()),
        More::GoTestText => Way::Log(Box::<go_test_text::GoTestText>::default()),
        More::GoogleBenchmark => Way::Json(google_benchmark::read),
        More::GtestJson => Way::Json(gtest_json::read),
        More::Hyperfine => Way::Json(hyperfine::read),
        More::Istanbul => Way::Json(istanbul::read),
        More::Jacoco => Way::Xml(Box::<jacoco::Jacoco>::default()),
        More::JestJson => Way::Json(jest::read_jest),
        // A pack is known by its first bytes, and given to its reader before anything is taken for text.
        More::LanescopePack => Way::Json(|_, _| None),
        More::Lcov => Way::Plain(Box::<lcov::Lcov>::default()),
        More::LibtestJson => Way::Log(Box::<libtest_json::LibtestJson>::default()),
        More::MochaJson => Way::Json(mocha::read),
        More::MochawesomeJson => Way::Json(mochawesome::read),
        More::Nunit2 | More::Nunit3 => Way::Xml(Box::<nunit::Nunit>::default()),
        More::OpenTestReporting => Way::Xml(Box::<open_test_reporting::OpenTestReporting>::default()),
        More::PytestBenchmark => Way::Json(pytest_benchmark::read),
        More::PytestHtml => Way::Json(pytest_html::read),
        More::PytestJsonReport => Way::Json(pytest_json_report::read),
        More::RobotJson => Way::Json(robot_json::read),
        More::RobotXml => Way::Xml(Box::<robot_xml::RobotXml>::default()),
        More::RspecJson => Way::Json(rspec::read),
        More::Tap => Way::Log(Box::<tap::Tap>::default()),
        More::TeamCity => Way::Log(Box::<teamcity::TeamCity>::default()),
        More::TestNg => Way::Xml(Box::<testng::TestNg>::default()),
        More::Trx => Way::Xml(Box::<trx::Trx>::default()),
        More::VitestJson => Way::Json(jest::read_vitest),
        More::XunitNet => Way::Xml(Box::<xunit_net::XunitNet>::default()),
    }
}

/// The reader of a format.
pub(crate) fn parser(format: More, input: Input, notes: Notes) -> Box<dyn Parser> {
    let mut sheet = Sheet::new(notes);
    sheet.no_tests = format.holds_no_tests();
    match way(format) {
        Way::Json(read) => Box::new(Document::new(input, sheet, read)),
        Way::Log(lines) => Box::new(LineParser::new(input, sheet, lines).prefixed()),
        Way::Plain(lines) => Box::new(LineParser::new(input, sheet, lines)),
        Way::Xml(elements) => Box::new(XmlParser::new(input, sheet, elements)),
    }
}
