//! pytest's names for a test: the node id, and the class name and name that JUnit makes of it.

/// The first `::` from a byte on.
fn separator(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b':', bytes.get(at..)?)?;
        if bytes.get(at + 1) == Some(&b':') {
            return Some(at);
        }
        at += 1;
    }
}

/// Where the parameters of a node id start: the first `[` after the path.
fn params_at(id: &str) -> usize {
    let path_end = separator(id.as_bytes(), 0).unwrap_or(0);
    let rest = id.as_bytes().get(path_end..).unwrap_or(&[]);
    memchr::memchr(b'[', rest).map_or(id.len(), |i| path_end + i)
}

/// The byte at which the name (with parameters) starts in a node id.
pub(crate) fn name_at(id: &str) -> usize {
    let head = id.as_bytes().get(..params_at(id)).unwrap_or(id.as_bytes());
    let mut name = 0;
    while let Some(at) = separator(head, name) {
        name = at + 2;
    }
    name
}

/// The path of a node id: what stands before the first `::`.
pub(crate) fn path(id: &str) -> &str {
    separator(id.as_bytes(), 0).and_then(|at| id.get(..at)).unwrap_or(id)
}

/// The parts of a node id as JUnit tells them: class name and name. This is what pytest's
/// `mangle_test_address` does; two files or classes that mangle alike cannot be told apart afterwards.
pub(crate) fn mangle(id: &str) -> (String, &str) {
    let at = name_at(id);
    let (suite, name) = id.split_at_checked(at).unwrap_or(("", id));
    let suite = suite.strip_suffix("::").unwrap_or(suite);
    if suite.is_empty() {
        return (String::new(), name);
    }
    let (path, classes) = suite.split_once("::").unwrap_or((suite, ""));
    let mut class = mangle_path(path);
    for part in classes.split("::").filter(|p| !p.is_empty()) {
        class.push('.');
        class.push_str(part);
    }
    (class, name)
}

/// A path as a dotted module name.
pub(crate) fn mangle_path(path: &str) -> String {
    path.strip_suffix(".py").unwrap_or(path).replace('/', ".")
}

/// Whether the last part of a module name looks like one that pytest collects by default.
fn is_test_module(part: &str) -> bool {
    part.starts_with("test_") || part.ends_with("_test") || part == "tests" || part == "test"
}

fn is_class(part: &str) -> bool {
    part.chars().next().is_some_and(char::is_uppercase)
}

/// The same of a part's bytes.
fn starts_upper(part: &[u8]) -> bool {
    match part.first() {
        Some(first) if first.is_ascii() => first.is_ascii_uppercase(),
        Some(_) => std::str::from_utf8(part).is_ok_and(is_class),
        None => false,
    }
}

/// The node id that JUnit's class name and name came from. With `file` the module is known; without,
/// it ends at the last part named like a test module, or before the first part named like a class.
pub(crate) fn unmangle(file: Option<&str>, class: &str, name: &str, out: &mut String) -> usize {
    out.clear();
    if let Some(file) = file {
        let module = file.strip_suffix(".py").unwrap_or(file);
        if let Some(classes) = strip_module(class, module) {
            out.push_str(file);
            push_classes(classes, out);
            return push_name(name, out);
        }
    }
    if class.is_empty() {
        // A file that could not be collected stands there with its module as the name.
        return 0;
    }
    // Byte by byte and twice: this is done for each test, and searching for every dot costs more than the rest.
    let parts = || class.as_bytes().split(|&b| b == b'.');
    let (mut count, mut end, mut first_class) = (0, 0, None);
    for part in parts() {
        count += 1;
        let is_module = part.starts_with(b"test_") || part.ends_with(b"_test");
        if first_class.is_none() && starts_upper(part) {
            first_class = Some(count - 1);
            // The very first part is a module whatever its name.
            if count == 1 && is_module {
                end = count;
            }
        } else if first_class.is_none() && is_module {
            end = count;
        }
    }
    if end == 0 {
        end = first_class.unwrap_or(count).max(1);
    }
    let mut left = class;
    for i in 1..=count {
        let (part, rest) = left.split_at(left.bytes().position(|b| b == b'.').unwrap_or(left.len()));
        out.push_str(part);
        left = rest.get(1..).unwrap_or("");
        if i == end {
            out.push_str(".py");
        }
        if i < count {
            out.push_str(if i < end { "/" } else { "::" });
        }
    }
    push_name(name, out)
}

/// The node id of a module, from its dotted name.
pub(crate) fn unmangle_module(name: &str) -> String {
    if name.contains('/') || name.split('.').next_back().is_some_and(|p| !is_test_module(p) && is_class(p)) {
        return name.to_owned();
    }
    format!("{}.py", name.replace('.', "/"))
}

/// What follows the module in a class name; `None` if it is not of this module.
fn strip_module<'a>(class: &'a str, module: &str) -> Option<&'a str> {
    let rest = class.get(module.len()..)?;
    let same = class.bytes().zip(module.bytes()).all(|(c, m)| c == m || (c == b'.' && m == b'/'));
    (same && (rest.is_empty() || rest.starts_with('.'))).then(|| rest.strip_prefix('.').unwrap_or(rest))
}

fn push_classes(classes: &str, out: &mut String) {
    for class in classes.split('.').filter(|c| !c.is_empty()) {
        out.push_str("::");
        out.push_str(class);
    }
}

fn push_name(name: &str, out: &mut String) -> usize {
    out.push_str("::");
    out.push_str(name);
    out.len() - name.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(file: Option<&str>, class: &str, name: &str) -> String {
        let mut out = String::new();
        let at = unmangle(file, class, name, &mut out);
        assert_eq!(out.get(at..), Some(name));
        out
    }

    #[test]
    fn names_start_after_the_last_separator_before_the_parameters() {
        for (id, name) in [
            ("tests/test_a.py::test_x", "test_x"),
            ("tests/test_a.py::TestA::test_x[a::b]", "test_x[a::b]"),
            ("tests/t[1]/test_a.py::test_x", "test_x"),
            ("tests/test_a.py", "tests/test_a.py"),
        ] {
            assert_eq!(id.get(name_at(id)..), Some(name));
        }
    }

    #[test]
    fn class_names_come_back_to_the_node_id_where_that_is_possible() {
        for id in [
            "tests/test_a.py::test_x[a.b/c::d]",
            "tests/test_a.py::TestA::TestB::test_x",
            "tests/unit/a_test.py::test_x",
            "src/checks.py::TestA::test_x",
        ] {
            let (class, name) = mangle(id);
            assert_eq!(back(None, &class, name), id);
            assert_eq!(back(Some(path(id)), &class, name), id);
        }
        let (class, name) = mangle("tests/nx.py::lower::test_x");
        assert_eq!(back(Some("tests/nx.py"), &class, name), "tests/nx.py::lower::test_x");
    }

    #[test]
    fn a_file_that_is_not_the_classes_own_is_not_forced_on_it() {
        assert_eq!(back(Some("base.py"), "tests.test_a.TestA", "test_x"), "tests/test_a.py::TestA::test_x");
    }
}
