//! The viewer: page, satellites and workers in one HTML file, into which `lanescope report` puts a report.
//!
//! The files are one stream of LZMA, because they have much code in common, and one stream of LZMA holds them
//! in two thirds of what gzip needs; they stand in the document seven bits a letter, an eighth shorter than in base64.
//! What runs is named
//! by its hash: the script that starts everything, and the scripts of page and satellites that it unpacks.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use sha2::{Digest as _, Sha256};

use crate::build;
use crate::process::run;
use crate::setup::Setup;

/// The viewer's name in `dist/`.
pub const NAME: &str = "viewer.html";

const BOOT: &str = include_str!("viewer/boot.js");

/// Bytes that the unpacker looks back; all of the pack lies within.
const WINDOW: u32 = 8 << 20;

/// Scripts that run in the document, and those that run in workers.
const PAGES: [&str; 3] = ["lanescope-app", "lanescope-lab", "lanescope-shelf"];
const WORKERS: [&str; 3] = ["lanescope-worker", "lanescope-lab-worker", "lanescope-shelf-worker"];

/// Writes the viewer beside the page that was built.
pub fn write(setup: &mut Setup) -> Result<()> {
    setup.wasm_target()?;
    let dist = setup.workspace().dist();
    let unpacker = unpacker(setup)?;
    let mut files = files(&dist)?;
    for (name, bytes) in files.iter_mut().filter(|(name, _)| name.ends_with(".wasm")) {
        *bytes = smaller(setup, name, bytes)?;
    }
    let viewer = viewer(&files, &unpacker, &icon(&dist)?, build_of(&files, &build::id(setup.workspace())?))?;
    let path = dist.join(NAME);
    fs::write(&path, &viewer).with_context(|| format!("writing {}", path.display()))?;
    println!("build: the viewer for reports is {} ({} bytes)", path.display(), viewer.len());
    Ok(())
}

/// The build that the app says it is: that of the sources, or none in particular if it was built in another way.
fn build_of<'a>(files: &[Packed], id: &'a str) -> &'a str {
    let says = |(_, bytes): &Packed| bytes.windows(id.len()).any(|at| at == id.as_bytes());
    if files.first().is_some_and(says) { id } else { "dev" }
}

/// The wasm that unpacks.
fn unpacker(setup: &Setup) -> Result<Vec<u8>> {
    let target = "wasm32-unknown-unknown";
    let build = ["build", "--quiet", "--profile", "page", "--target", target, "--package", "lanescope-unpack"];
    run(setup.command("cargo").args(build))?;
    let built = setup.workspace().target().join(target).join("page/lanescope_unpack.wasm");
    let small = built.with_extension("small.wasm");
    optimize(setup, &["-Oz", "--strip-debug", "--strip-producers"], &built, &small)
}

/// A wasm of the page once more, for size alone and all in one manner: what is alike in them is packed once. Together that
/// is 20 KB of the viewer.
fn smaller(setup: &Setup, name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let folder = setup.workspace().target().join("viewer");
    fs::create_dir_all(&folder)?;
    let (from, to) = (folder.join(name), folder.join(name).with_extension("small.wasm"));
    if to.is_file() && fs::read(&from).is_ok_and(|before| before == bytes) {
        return fs::read(&to).with_context(|| format!("reading {}", to.display()));
    }
    // Only what was made of it as a whole counts the next time.
    let _ = fs::remove_file(&to);
    fs::write(&from, bytes)?;
    let passes = ["--flatten", "--rereloop", "-Oz", "--converge", "--low-memory-unused", "--reorder-functions-by-name"];
    optimize(setup, &passes, &from, &to)
}

fn optimize(setup: &Setup, passes: &[&str], from: &Path, to: &Path) -> Result<Vec<u8>> {
    let mut optimize = setup.command("wasm-opt");
    optimize.args(passes).args(["--enable-simd", "--enable-bulk-memory"]);
    optimize.args(["--enable-nontrapping-float-to-int", "--enable-sign-ext", "--enable-mutable-globals"]);
    optimize.args(["--enable-reference-types", "--enable-multivalue"]);
    run(optimize.arg(from).arg("-o").arg(to))?;
    fs::read(to).with_context(|| format!("reading {}", to.display()))
}

/// A file of the pack.
type Packed = (String, Vec<u8>);

/// What goes into the pack, in the order in which it packs best: alike beside alike.
fn files(dist: &Path) -> Result<Vec<Packed>> {
    let read = |name: &str| {
        let path = dist.join(name);
        fs::read(&path).with_context(|| format!("reading {}; `cargo xtask build` makes it", path.display()))
    };
    let index = String::from_utf8(read("index.html")?)?;
    let app = between(&index, "import init, * as bindings from './", ".js'").context("the page starts no app")?;
    // Only the app's files have a hash in their names.
    let real = |name: &str| if name == "lanescope-app" { app.to_owned() } else { name.to_owned() };
    let mut files = Vec::new();
    for name in PAGES.into_iter().chain(WORKERS) {
        files.push((format!("{name}.wasm"), read(&format!("{}_bg.wasm", real(name)))?));
    }
    for name in PAGES.into_iter().chain(WORKERS) {
        let glue = String::from_utf8(read(&format!("{}.js", real(name)))?)?;
        let script = if PAGES.contains(&name) { page_script(&glue) } else { worker_script(&glue) };
        files.push((format!("{name}.js"), script.with_context(|| format!("the glue of {name}"))?.into_bytes()));
    }
    let mut style = Vec::new();
    for link in index.split("<link ").filter(|link| link.starts_with("rel=\"stylesheet\"")) {
        let name = between(link, "href=\"./", "\"").context("a style has no address")?;
        style.extend(read(name)?);
        style.push(b'\n');
    }
    files.push(("style.css".to_owned(), style));
    Ok(files)
}

/// The glue that wasm-bindgen writes is a module. A document at `file://` may run no module by address, and one that
/// stands in the document can export nothing, so it becomes a function that leaves its start in a global name.
fn page_script(glue: &str) -> Result<String> {
    Ok(format!("(() => {{\n{}\nglobalThis.lanescopeStart = __wbg_init;\n}})();\n", classic(glue)?))
}

/// In a worker the first message is the wasm.
fn worker_script(glue: &str) -> Result<String> {
    let start = "onmessage = ({ data }) => {\n  onmessage = null;\n  __wbg_init({ module_or_path: data });\n};\n";
    Ok(format!("{}\n{start}", classic(glue)?))
}

/// A module as a script, without what only a module may say.
fn classic(glue: &str) -> Result<String> {
    let Some((code, "")) = glue.trim_end().split_once("export { initSync, __wbg_init as default };") else {
        bail!("wasm-bindgen ends its module in another way than it did");
    };
    let code = code.replace("\nexport class ", "\nclass ").replace("\nexport function ", "\nfunction ");
    let code = code.strip_prefix("export ").unwrap_or(&code);
    // The address of the wasm, for those who do not give one.
    let lines = code.lines().map(|line| {
        let address = line.trim_start().starts_with("module_or_path = new URL(");
        if address && line.contains("import.meta.url") { "throw new Error('no wasm');" } else { line }
    });
    let script = lines.collect::<Vec<_>>().join("\n");
    for word in ["import.meta", "\nimport ", "\nexport ", "</script", "<!--"] {
        if script.contains(word) {
            bail!("it says `{}`, which no script in a document may", word.trim());
        }
    }
    Ok(script)
}

/// The page's icon, as an address that holds it.
fn icon(dist: &Path) -> Result<String> {
    let path = dist.join("favicon.svg");
    let svg = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}

/// The whole viewer. It names its build, so that a page puts no report into the viewer of another. The three places in double braces are filled by `lanescope-bundle`.
fn viewer(files: &[Packed], unpacker: &[u8], icon: &str, build: &str) -> Result<String> {
    let whole: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let index: Vec<String> = files.iter().map(|(name, bytes)| format!("[\"{name}\",{}]", bytes.len())).collect();
    let scripts = files.iter().filter(|(name, _)| PAGES.iter().any(|page| *name == format!("{page}.js")));
    let boot = format!("\n{BOOT}");
    let hashes: String = scripts
        .map(|(_, bytes)| bytes.as_slice())
        .chain([boot.as_bytes()])
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    let policy = format!(
        "default-src 'none'; script-src 'wasm-unsafe-eval'{hashes}; worker-src blob:; style-src 'none'; \
         style-src-attr 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    );
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(unpacker)?;
    let (unpacker, packed) = (STANDARD.encode(gzip.finish()?), letters(&lzma(&whole)?));
    let index = index.join(",");
    Ok(format!(
        r#"<!doctype html>
<html lang="en" data-state="empty">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="lanescope {version}">
<meta name="lanescope-build" content="{build}">
<title>{{{{lanescope:title}}}}</title>
<link rel="icon" href="{icon}">
</head>
<body>
<noscript>This report is a program that runs in the browser: it needs JavaScript and WebAssembly.</noscript>
<script type="application/octet-stream" id="lanescope-unpacker">{unpacker}</script>
<script type="application/octet-stream" id="lanescope-viewer" data-files='[{index}]'>{packed}</script>
<script type="application/octet-stream" id="lanescope-data" data-wire="{{{{lanescope:wire}}}}">{{{{lanescope:data}}}}</script>
<script>{boot}</script>
</body>
</html>
"#,
        version = env!("CARGO_PKG_VERSION"),
    ))
}

fn lzma(bytes: &[u8]) -> Result<Vec<u8>> {
    // Wasm has no alignment, and its operands look like text: as many bits of context as there are, none of position.
    let options = LzmaOptions {
        dict_size: WINDOW,
        lc: 4,
        pb: 0,
        nice_len: LzmaOptions::NICE_LEN_MAX,
        depth_limit: 1000,
        ..LzmaOptions::with_preset(9)
    };
    if bytes.len() > WINDOW as usize {
        bail!("the viewer's files are {} bytes, and the unpacker looks back {WINDOW}", bytes.len());
    }
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// Bytes as letters, seven bits each. The three that a script element would not keep, or that could end it, stand 128 places further on, where UTF-8 takes two bytes for them.
fn letters(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 7 * 8 + bytes.len() / 32 + 8);
    let mut put = |seven: u32| {
        let seven = (seven & 127) as u8;
        out.push(char::from(if matches!(seven, 0 | b'\r' | b'<') { seven | 128 } else { seven }));
    };
    let (mut held, mut bits) = (0_u32, 0);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 7 {
            bits -= 7;
            put(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        put(held << (7 - bits));
    }
    out
}

/// What stands between two texts.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::io::Read as _;

    use super::*;

    const GLUE: &str = "export class A {\n}\n\nfunction f() {\n        module_or_path = new URL('a_bg.wasm', import.meta.url);\n}\nexport { initSync, __wbg_init as default };\n";

    #[test]
    fn a_module_becomes_a_script() {
        let script = page_script(GLUE).unwrap();
        assert!(!script.contains("export") && !script.contains("import"), "{script}");
        assert!(script.contains("class A"), "{script}");
        assert!(worker_script(GLUE).unwrap().contains("onmessage = ("));
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        assert!(classic("const a = 1;\n").is_err());
        assert!(classic(&format!("import * as b from './b.js';\nimport c from 'c';\n{GLUE}")).is_err());
        assert!(classic(&format!("const end = '</script>';\n{GLUE}")).is_err());
    }

    #[test]
    fn every_script_is_named_by_its_hash_and_every_place_is_there_once() {
        let files = vec![("lanescope-app.js".to_owned(), b"alert(1)".to_vec())];
        let html = viewer(&files, b"wasm", "data:,", "1.2.3-abc").unwrap();
        assert!(html.contains("<meta name=\"lanescope-build\" content=\"1.2.3-abc\">"));
        let boot = between(&html, "<script>", "</script>").unwrap();
        for script in ["alert(1)", boot] {
            let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)));
            assert!(html.contains(&hash), "{hash}");
        }
        assert_eq!(html.matches("sha256-").count(), 2);
        for place in ["{{lanescope:title}}", "{{lanescope:wire}}", "{{lanescope:data}}"] {
            assert_eq!(html.matches(place).count(), 1, "{place}");
        }
        assert!(!html.contains("connect-src"));
    }

    #[test]
    fn the_build_is_the_one_that_the_app_was_built_with() {
        let files = [("lanescope-app.wasm".to_owned(), b"..1.2.3-abc..".to_vec())];
        assert_eq!(build_of(&files, "1.2.3-abc"), "1.2.3-abc");
        assert_eq!(build_of(&files, "1.2.3-abd"), "dev");
        assert_eq!(build_of(&[], "1.2.3-abc"), "dev");
    }

    #[test]
    fn letters_hold_every_byte_and_end_no_element() {
        for length in 0..40_usize {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 89 + length * 7) as u8).collect();
            let text = letters(&bytes);
            assert!(!text.contains(['<', '\r', '\0']));
            // As the viewer's script reads it.
            let (mut back, mut held, mut bits) = (Vec::new(), 0_u32, 0);
            for letter in text.chars() {
                held = (held << 7 | (u32::from(letter) & 127)) & 0xffff;
                bits += 7;
                if bits >= 8 {
                    bits -= 8;
                    back.push((held >> bits) as u8);
                }
            }
            assert_eq!(back, bytes);
            assert_eq!(text.chars().count() * 7 / 8, length);
        }
        assert_eq!(letters(&[0]), "\u{80}\u{80}");
    }

    #[test]
    fn the_pack_comes_back() {
        let bytes: Vec<u8> = (0..50_000_u32).flat_map(|n| (n % 700).to_le_bytes()).collect();
        let packed = lzma(&bytes).unwrap();
        let mut back = Vec::new();
        let mut reader = lzma_rust2::LzmaReader::new_mem_limit(packed.as_slice(), 64 * 1024, None).unwrap();
        reader.read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
    }
}
