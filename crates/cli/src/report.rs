//! `lanescope report`.

use std::io::{self, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use lanescope_bundle::{About, NoViewer, assemble};
use lanescope_ingest::{Loaded, codec};

use crate::UNUSABLE;
use crate::input::Sources;

/// What to put into one file, and where it goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file to write; - for standard output
    #[arg(short, long, value_name = "FILE.html")]
    output: PathBuf,
    /// The title of the document; without it the label of the run that it shows first
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The viewer to put the report into, dist/viewer.html of a build; without it the one that was built in
    #[arg(long, value_name = "FILE")]
    viewer: Option<PathBuf>,
    /// Address of the page on a host: the report offers to open its runs there, and links made in it lead there
    #[arg(long, value_name = "URL", value_parser = address)]
    app: Option<String>,
    #[command(flatten)]
    sources: Sources,
}

/// An address on the web without its fragment, which is the report's own.
fn address(text: &str) -> Result<String, String> {
    let web = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme) && text.len() > scheme.len());
    if !web || text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c)) {
        return Err("must be an address that begins with https:// or http://".to_owned());
    }
    Ok(text.split('#').next().unwrap_or_default().to_owned())
}

/// Reads the inputs and writes one HTML file that shows them. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let viewer = match viewer(asked) {
        Ok(viewer) => viewer,
        Err(problem) => {
            writeln!(err, "lanescope: {problem}")?;
            return Ok(UNUSABLE);
        }
    };
    let mut packed = Vec::new();
    let mut pack = |loaded: &[Loaded]| {
        packed = self::packed(loaded)?;
        Ok(())
    };
    let opened = asked.sources.read_with(&mut pack, err)?;
    let Some(shown) = opened.runs.iter().find(|run| Some(&run.id) == opened.show.as_ref()) else {
        return Ok(UNUSABLE);
    };
    let label = if shown.label.is_empty() { &shown.id } else { &shown.label };
    let join = Some(asked.sources.rule.group.as_str()).filter(|rule| *rule != "auto");
    let about = About { title: asked.title.as_ref().unwrap_or(label), app: asked.app.as_deref(), join };
    let Ok(html) = assemble(&viewer, &packed, &about) else {
        writeln!(err, "lanescope: {NOT_A_VIEWER}")?;
        return Ok(UNUSABLE);
    };
    if asked.output.as_os_str() == "-" {
        out.write_all(html.as_bytes())?;
        out.flush()?;
    } else if let Err(e) = std::fs::write(&asked.output, &html) {
        writeln!(err, "lanescope: {}: {e}", asked.output.display())?;
        return Ok(UNUSABLE);
    }
    let (runs, tests) = (opened.runs.len(), opened.runs.iter().map(|run| u64::from(run.tests)).sum::<u64>());
    let report = html.len().saturating_sub(viewer.len());
    let name = asked.output.display();
    let bytes = html.len();
    writeln!(
        err,
        "lanescope: {name}: {bytes} bytes, {report} of them the report ({runs} {}, {tests} tests)",
        if runs == 1 { "run" } else { "runs" }
    )?;
    Ok(opened.status())
}

const NOT_A_VIEWER: &str = "this is no viewer: it is the file dist/viewer.html that `cargo xtask build` makes";

fn viewer(asked: &Arguments) -> Result<String, String> {
    if let Some(path) = &asked.viewer {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        // Said before the inputs are read, which may take a while.
        return match assemble(&text, &[], &About::default()) {
            Ok(_) => Ok(text),
            Err(NoViewer) => Err(format!("{}: {NOT_A_VIEWER}", path.display())),
        };
    }
    crate::app::viewer().ok_or_else(|| {
        "this command was built without the viewer. `cargo xtask build` builds both; or give a viewer with \
         --viewer dist/viewer.html, which also stands beside the page on its host"
            .to_owned()
    })
}

/// What the page's engine takes, as gzip, which browsers inflate by themselves.
fn packed(loaded: &[Loaded]) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let mut done = Ok(());
    codec::encode(loaded, &mut |part| {
        if done.is_ok() {
            done = gzip.write_all(part);
        }
    });
    done?;
    gzip.finish()
}
