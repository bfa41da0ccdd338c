//! The content policy of the page.
//!
//! Trunk starts the app from an inline script whose text changes with every build, so the policy names the script by
//! its hash and is written after the build. Nothing else inline may run.
//!
//! Trunk also gives the preload of the wasm an integrity, which Chromium ignores there and complains about; it goes.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::process::Workspace;

const META: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// Writes the policy into the page that Trunk has just built, and into the one for addresses that name nothing.
pub fn post_build_hook(workspace: &Workspace) -> Result<()> {
    // Trunk builds in a staging folder and names it to its hooks.
    let folder = std::env::var_os("TRUNK_STAGING_DIR").map_or_else(|| workspace.dist(), PathBuf::from);
    for name in ["index.html", "404.html"] {
        let page = folder.join(name);
        let html = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
        let html = with_policy(&without_ignored_integrity(&html))?;
        fs::write(&page, html).with_context(|| format!("writing {}", page.display()))?;
    }
    Ok(())
}

/// The page without the `integrity` of what is preloaded for a later `fetch`.
fn without_ignored_integrity(html: &str) -> String {
    let tag = |tag: &str| {
        let (before, after) = tag.split_once(" integrity=\"")?;
        let (_, after) = after.split_once('"')?;
        tag.contains("rel=\"preload\"").then(|| format!("{before}{after}"))
    };
    html.split_inclusive('>').map(|part| tag(part).unwrap_or_else(|| part.to_owned())).collect()
}

/// The page with a policy that lets its own inline scripts run and no others.
fn with_policy(html: &str) -> Result<String> {
    let html = without_policy(html);
    let policy = policy(&inline_scripts(&html)?);
    let charset = html.find("<meta charset").context("the page names no charset")?;
    let after = charset + html[charset..].find('>').context("<meta charset is not closed")? + 1;
    Ok(format!("{}\n    {META}{policy}\">{}", &html[..after], &html[after..]))
}

fn without_policy(html: &str) -> String {
    let Some(start) = html.find(META) else { return html.to_owned() };
    let end = html[start..].find('>').map_or(html.len(), |length| start + length + 1);
    format!("{}{}", html[..start].trim_end(), &html[end..])
}

fn policy(scripts: &[&str]) -> String {
    let hashes: String = scripts
        .iter()
        .map(|script| {
            let digest = Sha256::digest(script.replace("\r\n", "\n"));
            format!(" 'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
        })
        .collect();
    [
        "default-src 'none'".to_owned(),
        format!("script-src 'self' 'wasm-unsafe-eval'{hashes}"),
        "worker-src 'self'".to_owned(),
        "style-src 'self'".to_owned(),
        // The chart library measures text in a span that it styles by attribute.
        "style-src-attr 'unsafe-inline'".to_owned(),
        "img-src 'self' data: blob:".to_owned(),
        // A person may name any address to open; the page itself asks for its own files only.
        "connect-src 'self' https: http:".to_owned(),
        "manifest-src 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
    ]
    .join("; ")
}

/// The texts of the scripts that stand in the page itself.
fn inline_scripts(html: &str) -> Result<Vec<&str>> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let tag = &rest[start..];
        let Some((attributes, text)) = tag.split_once('>') else { bail!("a <script is not closed") };
        let Some((text, after)) = text.split_once("</script>") else { bail!("a script has no </script>") };
        if attributes.contains(" src=") || attributes.contains("\nsrc=") {
            if !text.trim().is_empty() {
                bail!("a script with an address has a text too");
            }
        } else {
            scripts.push(text);
        }
        rest = after;
    }
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    const PAGE: &str = "<html><head><meta charset=\"utf-8\"><script src=\"a.js\"></script><script type=\"module\">alert('Hello, world.');</script></head></html>";

    #[test]
    fn an_inline_script_is_named_by_its_hash() {
        // The hash of this very script is the example in the Content Security Policy standard.
        let html = with_policy(PAGE).unwrap();
        assert!(
            html.contains(
                "script-src 'self' 'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"
            ),
            "{html}"
        );
        assert_eq!(html.matches("sha256-").count(), 1);
    }

    #[test]
    fn the_policy_stands_before_the_first_script() {
        let html = with_policy(PAGE).unwrap();
        assert!(html.find("Content-Security-Policy").unwrap() < html.find("<script").unwrap());
    }

    #[test]
    fn writing_it_twice_changes_nothing() {
        let once = with_policy(PAGE).unwrap();
        assert_eq!(with_policy(&once).unwrap(), once);
    }

    #[test]
    fn only_what_is_preloaded_for_fetch_loses_its_integrity() {
        let module = "<link rel=\"modulepreload\" href=\"a.js\" integrity=\"sha384-a\">";
        let wasm = "<link rel=\"preload\" href=\"a.wasm\" integrity=\"sha384-b\" as=\"fetch\">";
        let expected = format!("{module}<link rel=\"preload\" href=\"a.wasm\" as=\"fetch\"></head>");
        assert_eq!(without_ignored_integrity(&format!("{module}{wasm}</head>")), expected);
    }

    #[test]
    fn a_page_without_an_end_of_script_is_refused() {
        assert!(with_policy("<meta charset=\"utf-8\"><script>1").is_err());
    }
}
