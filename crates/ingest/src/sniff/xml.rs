//! XML by its root element.

use super::Looks;
use crate::{More, Named};

/// Roots of other formats and their names. Those with a condition stand apart below.
const ROOTS: [(&str, &str); 25] = [
    ("test-run", "nunit3"),
    ("test-results", "nunit2"),
    ("assemblies", "xunit-net"),
    ("assembly", "xunit-net"),
    ("testng-results", "testng-xml"),
    ("robot", "robot-xml"),
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
            return named("pytest-html", skip);
        }
        return Looks::Nothing(HTML.to_owned());
    }
    let has = |what: &str| root.contains(what);
    let known = match local {
        "testsuites" if has("http://check.sourceforge.net/ns") => "libcheck",
        "testsuites" | "testsuite" | "testcase" => return Looks::Junit { skip },
        "test-suite" if has("urn:model.allure.qatools.yandex.ru") => "allure1-xml",
        "test-suite" => "nunit3",
        "TestRun" if has("microsoft.com/schemas/VisualStudio/TeamTest") => "trx",
        "TestRun" => "cppunit",
        "coverage" if has(" clover=") || has(" generated=") => "clover",
        "coverage" => "cobertura",
        "Site" if text.contains("<Testing") => "ctest-xml",
        "Site" => "cdash-xml",
        _ => match ROOTS.iter().find(|(r, _)| *r == local) {
            Some((_, "open-test-reporting")) if !has("schemas.opentest4j.org") => return nothing(name),
            Some((_, known)) => known,
            None => return nothing(name),
        },
    };
    named(known, skip)
}

fn named(name: &'static str, skip: usize) -> Looks {
    match (More::of(name), Named::of(name)) {
        (Some(format), _) => Looks::More { format, skip },
        (None, Some(name)) => Looks::Other(name),
        (None, None) => nothing(name),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_a_format() {
        for (root, name) in ROOTS {
            assert!(More::of(name).is_some() || Named::of(name).is_some(), "{root}: {name}");
        }
    }
}
