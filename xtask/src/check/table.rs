//! The table of rooms, `xtask/rooms.toml`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::Workspace;

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Kinds of outside crates: names, or beginnings of names that end in `*`.
    pub outside: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "ban")]
    pub bans: Vec<Ban>,
    #[serde(default, rename = "crate")]
    pub crates: Vec<CrateRoom>,
    #[serde(default, rename = "folder")]
    pub folders: Vec<FolderRoom>,
    pub limits: Limits,
}

/// Words that sources of some kinds may not say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    pub kinds: Vec<String>,
    pub words: Vec<String>,
    pub why: String,
}

/// A crate of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrateRoom {
    pub name: String,
    pub kind: String,
    pub uses: Vec<String>,
    #[serde(default)]
    pub tests_use: Vec<String>,
    #[serde(default)]
    pub not: Vec<String>,
    #[serde(default)]
    pub only: Option<Vec<String>>,
}

/// A folder of the app.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderRoom {
    pub name: String,
    pub uses: Vec<String>,
}

/// How long a file, how large a part of the page may be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub lines: usize,
    pub page_wasm_gzip: usize,
    pub reader_wasm_gzip: usize,
    pub reader_full_wasm_gzip: usize,
    pub worker_wasm_gzip: usize,
    pub lab_wasm_gzip: usize,
    pub lab_worker_wasm_gzip: usize,
    pub shelf_wasm_gzip: usize,
    pub shelf_worker_wasm_gzip: usize,
    pub viewer_bytes: usize,
}

impl Table {
    /// The table of a workspace.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root().join("xtask/rooms.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// The row of a crate.
    pub fn of(&self, name: &str) -> Option<&CrateRoom> {
        self.crates.iter().find(|room| room.name == name)
    }

    /// A small table to try the checks on.
    #[cfg(test)]
    pub fn example() -> Self {
        let text = r#"
            [outside]
            web = ["web-sys", "gloo", "gloo-*"]
            [[ban]]
            kinds = ["pure"]
            words = ["std::fs", "Instant::now"]
            why = "bytes come in as arguments"
            [[crate]]
            name = "model"
            kind = "pure"
            uses = []
            tests_use = ["samples"]
            not = ["web"]
            [[crate]]
            name = "protocol"
            kind = "pure"
            uses = []
            only = ["serde"]
            [[folder]]
            name = "pages"
            uses = ["ui"]
            [[folder]]
            name = "ui"
            uses = []
            [limits]
            lines = 5
            page_wasm_gzip = 100
            reader_wasm_gzip = 300
            reader_full_wasm_gzip = 300
            worker_wasm_gzip = 200
            lab_wasm_gzip = 100
            lab_worker_wasm_gzip = 200
            shelf_wasm_gzip = 100
            shelf_worker_wasm_gzip = 200
            viewer_bytes = 400
        "#;
        toml::from_str(text).unwrap_or_else(|error| unreachable!("{error}"))
    }
}
