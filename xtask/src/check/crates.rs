//! Which crate may use which, and what its sources may not say.

use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata};

use super::Fault;
use super::source::{code, line, words};
use super::table::{CrateRoom, Table};
use crate::process::Workspace;

/// A crate of the workspace and the crates that it names.
pub struct Member {
    name: String,
    needs: Vec<Need>,
}

struct Need {
    name: String,
    in_tests: bool,
}

/// The crates of the workspace.
pub fn members(metadata: &Metadata) -> Vec<Member> {
    let member = |package: &cargo_metadata::Package| Member {
        name: package.name.to_string(),
        needs: package
            .dependencies
            .iter()
            .map(|need| Need { name: need.name.clone(), in_tests: need.kind == DependencyKind::Development })
            .collect(),
    };
    metadata.workspace_packages().into_iter().map(member).collect()
}

/// What the crates name and the table does not allow.
pub fn faults(table: &Table, members: &[Member]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for room in &table.crates {
        if !members.iter().any(|member| member.name == room.name) {
            faults.push(format!("xtask/rooms.toml: {} is not in the workspace", room.name));
        }
    }
    for member in members {
        let Some(room) = table.of(&member.name) else {
            faults.push(format!("{}: has no row in xtask/rooms.toml", member.name));
            continue;
        };
        for need in &member.needs {
            let inside = members.iter().any(|other| other.name == need.name);
            let wrong = if inside { inside_fault(room, need) } else { outside_fault(table, room, need) };
            faults.extend(wrong.map(|why| format!("{}: may not use {}: {why}", member.name, need.name)));
        }
    }
    faults
}

fn inside_fault(room: &CrateRoom, need: &Need) -> Option<String> {
    let allowed = room.uses.contains(&need.name) || need.in_tests && room.tests_use.contains(&need.name);
    (!allowed).then(|| "the table of rooms has no door there".to_owned())
}

fn outside_fault(table: &Table, room: &CrateRoom, need: &Need) -> Option<String> {
    if let Some(only) = &room.only
        && !need.in_tests
        && !only.contains(&need.name)
    {
        return Some(format!("it may use only {}", only.join(", ")));
    }
    let names = |pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => need.name.starts_with(start),
        None => need.name == *pattern,
    };
    // Chance is welcome in tests that can be repeated from their seed; the web is not.
    let kinds = room.not.iter().filter(|kind| !need.in_tests || *kind == "web");
    let kind = kinds.into_iter().find(|kind| {
        let test_runner = need.in_tests && need.name == "wasm-bindgen-test";
        !test_runner && table.outside.get(*kind).is_some_and(|patterns| patterns.iter().any(names))
    })?;
    Some(format!("it is of the kind `{kind}`"))
}

/// Words in a source file that its crate may not say.
pub fn word_faults(table: &Table, metadata: &Metadata, workspace: &Workspace, file: &Path, text: &str) -> Vec<Fault> {
    let path = workspace.root().join(file);
    let folder = |package: &cargo_metadata::Package| package.manifest_path.parent().map(|at| at.join("src").into());
    let member = metadata.workspace_packages().into_iter().find(|package| {
        folder(package).is_some_and(|sources: PathBuf| path.starts_with(sources)) && package.name != "xtask"
    });
    let tests = file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
    let room = member.and_then(|package| table.of(&package.name));
    match room {
        // The app has a page named `tests`, which is no test.
        Some(room) if !tests || room.name == "lanescope" => said(table, room, file, text),
        _ => Vec::new(),
    }
}

fn said(table: &Table, room: &CrateRoom, file: &Path, text: &str) -> Vec<Fault> {
    let code = code(text);
    let bans = table.bans.iter().filter(|ban| ban.kinds.contains(&room.kind));
    bans.flat_map(|ban| ban.words.iter().map(move |word| (word, &ban.why)))
        .flat_map(|(word, why)| words(&code, word).map(move |at| (at, word, why)).collect::<Vec<_>>())
        .map(|(at, word, why)| format!("{}:{}: `{word}`: {why}", file.display(), line(&code, at)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    fn member(name: &str, needs: &[(&str, bool)]) -> Member {
        let need = |(name, in_tests): &(&str, bool)| Need { name: (*name).into(), in_tests: *in_tests };
        Member { name: name.into(), needs: needs.iter().map(need).collect() }
    }

    fn wrong(members: &[Member]) -> String {
        faults(&Table::example(), members).join("\n")
    }

    #[test]
    fn what_the_table_allows_is_fine() {
        let members = [
            member("model", &[("hashbrown", false), ("proptest", true)]),
            member("protocol", &[("serde", false), ("serde_json", true)]),
        ];
        assert_eq!(wrong(&members), "");
    }

    #[test]
    fn a_door_that_is_not_in_the_table_is_a_fault() {
        let members = [member("model", &[("protocol", false)]), member("protocol", &[])];
        assert_eq!(wrong(&members), "model: may not use protocol: the table of rooms has no door there");
    }

    #[test]
    fn a_pure_crate_may_not_name_the_web() {
        let members = [member("model", &[("gloo-timers", false), ("web-sys", true)]), member("protocol", &[])];
        let said = wrong(&members);
        assert!(said.contains("model: may not use gloo-timers: it is of the kind `web`"), "{said}");
        assert!(said.contains("model: may not use web-sys"), "{said}");
    }

    #[test]
    fn a_short_list_is_the_whole_list() {
        let members = [member("model", &[]), member("protocol", &[("serde_json", false)])];
        assert_eq!(wrong(&members), "protocol: may not use serde_json: it may use only serde");
    }

    #[test]
    fn crates_and_rows_belong_together() {
        let members = [member("model", &[]), member("stranger", &[])];
        let said = wrong(&members);
        assert!(said.contains("stranger: has no row"), "{said}");
        assert!(said.contains("protocol is not in the workspace"), "{said}");
    }

    #[test]
    fn a_banned_word_is_named_with_its_line() {
        let table = Table::example();
        let text = "fn a() {\n    let t = Instant::now(); // Instant::now\n}\n";
        let found = said(&table, table.of("model").unwrap(), Path::new("a.rs"), text);
        assert_eq!(found, ["a.rs:2: `Instant::now`: bytes come in as arguments"]);
    }
}
