//! XML by its root element.

use super::Looks;

/// Roots of other formats and their names. Those with a condition stand apart below.
const ROOTS: [(&str, &str); 27] = [
    ("test-run", "nunit3"),
    ("test-results", "nunit2"),
    ("assemblies", "xunit-net"),
    ("assembly", "xunit-net"),
    ("testng-results", "testng"),
    ("robot", "robot-xml"),
    ("coverage", "coverage"),
    ("report", "jacoco"),
    ("CoverageSession", "opencover"),
    ("failsafe-summary", "failsafe-summary"),
    ("testExecutions", "sonarqube-generic"),
    ("result", "jenkins-junit-result"),
    ("Catch2TestRun", "catch2-xml"),
    ("TestCase", "qtest-xml"),
    ("TestLog", "boost-test"),
    ("TestResult", "boost-test"),
    ("CUNIT_TEST_RUN_REPORT", "cunit"),
    ("gtester", "gtester"),
    ("unittest-results", "unittest++"),
    ("TestResults", "fpcunit"),
    ("report-result", "mbunit"),
    ("tusar", "tusar"),
    ("valgrindoutput", "valgrind"),
    ("ResultsSession", "parasoft"),
    ("Site", "ctest-xml"),
    ("events", "open-test-reporting"),
    ("execution", "open-test-reporting"),
];

pub(super) fn sniff(text: &str, skip: usize) -> Looks {
    let mut html = false;
    let Some(root) = root(text, &mut html) else {
        return Looks::Nothing(match html {
            true => HTML.to_owned(),
            false => "this is XML without an element in it, or is cut off before its first one".to_owned(),
        });
    };
    let name = root.trim_start_matches('<').split([' ', '\t', '\r', '\n', '>', '/']).next().unwrap_or("");
    let local = name.rsplit(':').next().unwrap_or(name);
    if html
        || local.eq_ignore_ascii_case("html")
        || local.eq_ignore_ascii_case("head")
        || local.eq_ignore_ascii_case("body")
    {
        if text.contains("data-jsonblob=") {
            return Looks::Other("pytest-html");
        }
        return Looks::Nothing(HTML.to_owned());
    }
    match local {
        "testsuites" if root.contains("http://check.sourceforge.net/ns") => Looks::Other("libcheck"),
        "testsuites" | "testsuite" | "testcase" => Looks::Junit { skip },
        "test-suite" if root.contains("urn:model.allure.qatools.yandex.ru") => Looks::Other("allure1-xml"),
        "test-suite" => Looks::Other("nunit3"),
        "TestRun" if root.contains("microsoft.com/schemas/VisualStudio/TeamTest") => Looks::Other("trx"),
        "TestRun" => Looks::Other("cppunit"),
        _ => match ROOTS.iter().find(|(r, _)| *r == local) {
            Some((_, "open-test-reporting")) if !root.contains("schemas.opentest4j.org") => nothing(name),
            Some((_, known)) => Looks::Other(known),
            None => nothing(name),
        },
    }
}

const HTML: &str = "this is an HTML page (a login or error page?), not test results";

fn nothing(name: &str) -> Looks {
    let name: String = name.chars().take(60).collect();
    Looks::Nothing(format!("this is XML, but not test results: its root element is <{name}>"))
}

/// The start tag of the root element: what follows the declaration, comments and document type.
fn root<'a>(text: &'a str, html: &mut bool) -> Option<&'a str> {
    let mut rest = text;
    loop {
        rest = rest.get(rest.find('<')?..)?;
        let end = if rest.starts_with("<?") {
            rest.find("?>")? + 2
        } else if rest.starts_with("<!--") {
            rest.find("-->")? + 3
        } else if rest.starts_with("<!") {
            *html |= rest.get(..14).is_some_and(|d| d.eq_ignore_ascii_case("<!doctype html"));
            doctype_end(rest)?
        } else {
            let end = rest.find('>').unwrap_or(rest.len());
            return rest.get(..end);
        };
        rest = rest.get(end..)?;
    }
}

/// The byte after a document type, which may hold declarations in brackets.
fn doctype_end(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b'>' if depth <= 0 => return Some(i + 1),
            _ => {}
        }
    }
    None
}
