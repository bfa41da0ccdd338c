//! Runs for tests.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_lab::speedup::speedup;
use lanescope_model::Run;
use lanescope_protocol::{Speedup, SpeedupFit, SpeedupRun, SpeedupSuite};

/// A folder of artifacts; `None`, with a word about it, where it does not stand beside the workspace.
pub fn artifacts(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no folder {}", path.display());
    None
}

/// The runs in a folder's reports.
pub fn open(folder: &Path) -> Vec<Arc<Run>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| {
        p.to_str().is_some_and(|p| p.contains("junit.xml") || p.contains("reportlog") || p.contains(".log"))
    });
    paths.sort();
    let file = |path: &PathBuf| OpenFile {
        path: path.file_name().unwrap().to_string_lossy().into_owned(),
        size: None,
        reader: Box::new(File::open(path).unwrap()),
    };
    let loaded = Opening::new(paths.iter().map(file).collect()).read_all();
    let sources: Vec<_> = loaded.into_iter().flat_map(|l| l.sources).collect();
    join(&sources).into_iter().map(|j| j.run).collect()
}

pub fn measure(runs: &[Arc<Run>]) -> Speedup {
    let runs: Vec<(&str, &Run)> = runs.iter().map(|r| (r.meta.id.as_str(), r.as_ref())).collect();
    speedup(&runs)
}

pub fn labelled<'a>(suite: &'a SpeedupSuite, label: &str) -> &'a SpeedupRun {
    suite.runs.iter().find(|r| r.label == label).unwrap()
}

pub fn law<'a>(suite: &'a SpeedupSuite, law: &str, of: &str) -> &'a SpeedupFit {
    suite.fits.iter().find(|f| f.law == law && f.of == of).unwrap()
}

pub fn near(ours: Option<f64>, truth: f64, within: f64) -> bool {
    ours.is_some_and(|ours| (ours - truth).abs() <= within)
}
