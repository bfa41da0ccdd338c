//! Which folder of the app may use which.

use std::path::Path;

use super::Fault;
use super::source::{code, line, words};
use super::table::Table;

/// What a file of `src/` names of other folders and the table does not allow. The file is relative to `src/`.
pub fn faults(table: &Table, file: &Path, text: &str) -> Vec<Fault> {
    let Some(first) = file.components().next() else { return Vec::new() };
    let room = first.as_os_str().to_string_lossy();
    let room = room.trim_end_matches(".rs");
    let Some(row) = table.folders.iter().find(|folder| folder.name == room) else {
        // The root files put the rooms together; a folder is a room.
        let root_file = file.components().count() == 1;
        return if root_file { Vec::new() } else { vec![format!("src/{room}: has no row in xtask/rooms.toml")] };
    };
    let code = code(text);
    let mut faults = Vec::new();
    for (at, name) in named(&code) {
        if name != room && !row.uses.contains(&name) {
            faults.push(format!("src/{}:{}: {room} may not use {name}", file.display(), line(&code, at)));
        }
    }
    // A way out by the back door: as many steps up as the file lies deep leave the room.
    let depth = file.with_extension("").components().filter(|part| part.as_os_str() != "mod").count();
    let up = "super::".repeat(depth);
    if let Some(at) = code.find(&up) {
        faults.push(format!("src/{}:{}: say `crate::` to leave a room", file.display(), line(&code, at)));
    }
    faults
}

/// The first name of each `crate::a::b` and `crate::{a::b, c}`, with its place.
fn named(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, "crate") {
        let Some(rest) = code[at..].strip_prefix("crate::") else { continue };
        match rest.trim_start().strip_prefix('{') {
            Some(group) => found.extend(firsts(group).into_iter().map(|name| (at, name))),
            None => found.extend(identifier(rest).map(|name| (at, name))),
        }
    }
    found
}

/// The first name of each entry of a braced list, whose opening brace is gone.
fn firsts(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut entry) = (0_usize, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.extend(identifier(&std::mem::take(&mut entry))),
            _ => {}
        }
        if c != ',' || depth > 0 {
            entry.push(c);
        }
    }
    names.extend(identifier(&entry));
    names
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    // `crate::Name` is the root's own; rooms are written small.
    name.chars().next().filter(|c| c.is_lowercase()).map(|_| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str, text: &str) -> Vec<Fault> {
        faults(&Table::example(), Path::new(file), text)
    }

    #[test]
    fn a_room_uses_itself_and_what_the_table_allows() {
        assert!(
            wrong("pages/tests/mod.rs", "use crate::ui::Button;\nuse crate::pages::open;\nuse super::row;").is_empty()
        );
        assert!(wrong("app.rs", "use crate::{pages, ui};").is_empty());
    }

    #[test]
    fn another_room_is_a_fault_however_it_is_named() {
        assert_eq!(wrong("ui/a.rs", "\nuse crate::pages::open;"), ["src/ui/a.rs:2: ui may not use pages"]);
        assert_eq!(wrong("ui.rs", "fn a() { crate::pages::open() }"), ["src/ui.rs:1: ui may not use pages"]);
        let group = "use crate::{\n    ui::{Tab, Row},\n    pages::{a, b::{c, d}},\n    charts,\n};";
        let said = wrong("ui/a.rs", group);
        assert_eq!(said, ["src/ui/a.rs:1: ui may not use pages", "src/ui/a.rs:1: ui may not use charts"]);
    }

    #[test]
    fn the_back_door_is_shut() {
        assert_eq!(wrong("ui/a.rs", "use super::super::pages;").len(), 1);
        assert_eq!(wrong("ui/mod.rs", "use super::pages;").len(), 1);
        assert!(wrong("ui/a.rs", "use super::b;").is_empty());
    }

    #[test]
    fn a_folder_without_a_row_is_a_fault() {
        assert_eq!(wrong("attic/mod.rs", ""), ["src/attic: has no row in xtask/rooms.toml"]);
    }
}
