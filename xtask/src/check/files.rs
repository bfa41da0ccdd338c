//! What holds for every file of the project.

use std::path::Path;

use super::Fault;
use super::table::Table;

/// Package registries, in parts: this file may not name them either. Who mirrors them elsewhere must not have to
/// find their names in the project.
const REGISTRIES: [[&str; 2]; 9] = [
    ["crates", "io"],
    ["npmjs", "org"],
    ["npmjs", "com"],
    ["pypi", "org"],
    ["pythonhosted", "org"],
    ["rubygems", "org"],
    ["maven", "org"],
    ["proxy.golang", "org"],
    ["deb.debian", "org"],
];

const CODE: [&str; 4] = ["rs", "css", "ts", "mjs"];

/// Files that are too long, and names that may not stand in any.
pub fn faults(table: &Table, file: &Path, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let lines = text.lines().count();
    if CODE.contains(&extension) && lines > table.limits.lines {
        faults.push(format!("{}: {lines} lines; {} are the most", file.display(), table.limits.lines));
    }
    // Cargo itself writes its registry into its lock file.
    if file != Path::new("Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            for parts in REGISTRIES {
                if line.contains(&parts.join(".")) {
                    faults.push(format!("{}:{}: names a package registry's host", file.display(), number + 1));
                }
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_of_code_is_a_fault() {
        let table = Table::example();
        assert_eq!(faults(&table, Path::new("a.rs"), "1\n2\n3\n4\n5\n6\n"), ["a.rs: 6 lines; 5 are the most"]);
        assert!(faults(&table, Path::new("a.md"), "1\n2\n3\n4\n5\n6\n").is_empty());
    }

    #[test]
    fn a_registry_is_not_named() {
        let table = Table::example();
        let text = format!("one\n\"resolved\": \"https://registry.{}/x\"", ["npmjs", "org"].join("."));
        assert_eq!(
            faults(&table, Path::new("package-lock.json"), &text),
            ["package-lock.json:2: names a package registry's host"]
        );
        assert!(faults(&table, Path::new("Cargo.lock"), &["crates", "io"].join(".")).is_empty());
    }
}
