//! `lanescope serve` as a program, asked over its port.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server that ends with the test.
struct Served {
    child: Child,
    /// What it printed.
    line: String,
    host: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("app/demo")).unwrap();
    fs::create_dir_all(path.join("runs/one")).unwrap();
    fs::write(path.join("app/index.html"), "<p>the page").unwrap();
    fs::write(path.join("app/a.wasm"), b"\0asm").unwrap();
    fs::write(path.join("app/sw.js"), "keep").unwrap();
    fs::write(path.join("runs/one/junit.xml"), "<testsuites/>").unwrap();
    fs::write(path.join("runs/a b#c.log"), "log").unwrap();
    fs::write(path.join("secret"), "secret").unwrap();
    symlink(path.join("secret"), path.join("runs/out.xml")).unwrap();
    symlink(&path, path.join("runs/up")).unwrap();
    path
}

impl Served {
    fn new(folder: &Path, inputs: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
        command.args(["serve", "--port", "0", "--app", "app"]).args(inputs).current_dir(folder);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let host = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { child, line, host }
    }

    /// Head and body of the answer to a request, written as given.
    fn ask_as(&self, line: &str, host: &str, more: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
    }

    fn ask(&self, line: &str) -> (String, Vec<u8>) {
        self.ask_as(line, &self.host, "")
    }

    fn status(&self, line: &str) -> u16 {
        self.ask(line).0.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

#[test]
fn page_and_files_are_served_on_this_machine_only() {
    let served = Served::new(&folder("serve-files"), &["runs"]);
    assert!(served.host.starts_with("127.0.0.1:"), "{}", served.line);
    assert!(served.line.contains("/#/overview?src=data/all.tar "), "{}", served.line);
    let (head, body) = served.ask("GET /");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/html"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("<p>the page"));
    let (head, _) = served.ask_as("GET /a.wasm", &served.host, "Accept-Encoding: gzip, br\r\n");
    assert!(head.contains("application/wasm") && head.contains("Content-Encoding: gzip"), "{head}");
    let (head, body) = served.ask("GET /data/one/junit.xml");
    assert!(head.contains("nosniff") && head.contains("same-origin"), "{head}");
    assert_eq!(body, b"<testsuites/>");
    assert_eq!(served.ask("GET /data/a%20b%23c.log").1, b"log");
    let (head, body) = served.ask("HEAD /data/one/junit.xml");
    assert!(head.contains("Content-Length: 13") && body.is_empty(), "{head}");
}

#[test]
fn the_archive_holds_all_files_and_no_others() {
    let served = Served::new(&folder("serve-archive"), &["runs"]);
    let (head, body) = served.ask("GET /data/all.tar");
    assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
    let mut archive = tar::Archive::new(body.as_slice());
    let members: Vec<(String, String)> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            (entry.path().unwrap().display().to_string(), text)
        })
        .collect();
    let expected = [("a b#c.log", "log"), ("one/junit.xml", "<testsuites/>")];
    assert_eq!(members, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
}

#[test]
fn nothing_outside_has_an_address() {
    let folder = folder("serve-outside");
    let served = Served::new(&folder, &["runs"]);
    for path in [
        "/data/../secret",
        "/data/%2e%2e/secret",
        "/data/..%2fsecret",
        "/data/one/..%2f..%2fsecret",
        "/data/out.xml",
        "/data/up/secret",
        "/../secret",
        "//etc/passwd",
        "/data//etc/passwd",
        "/data/%00",
        "/sw.js",
        "/data/",
        "/data",
    ] {
        assert_eq!(served.status(&format!("GET {path}")), 404, "{path}");
    }
    // A file that was there at the start, and is a link out of the folder now.
    fs::remove_file(folder.join("runs/one/junit.xml")).unwrap();
    symlink(folder.join("secret"), folder.join("runs/one/junit.xml")).unwrap();
    assert_eq!(served.status("GET /data/one/junit.xml"), 404);
    assert!(!String::from_utf8_lossy(&served.ask("GET /data/all.tar").1).contains("secret"));
}

#[test]
fn another_name_of_this_machine_and_other_methods_are_refused() {
    let served = Served::new(&folder("serve-names"), &["runs/one/junit.xml"]);
    assert!(served.line.contains("src=data/junit.xml "), "{}", served.line);
    let port = served.host.split(':').nth(1).unwrap();
    let status = |host: &str| served.ask_as("GET /data/junit.xml", host, "").0;
    assert!(status(&format!("localhost:{port}")).starts_with("HTTP/1.1 200"));
    for host in ["evil.example", &format!("evil.example:{port}"), "127.0.0.1", "127.0.0.1:1", ""] {
        assert!(status(host).starts_with("HTTP/1.1 403"), "{host}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(served.status(&format!("{method} /")), 405, "{method}");
    }
}

#[test]
fn what_cannot_be_served_is_named() {
    let folder = folder("serve-wrong");
    let say = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
        let out = command.arg("serve").args(arguments).current_dir(&folder).output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, text) = say(&["--app", "runs", "runs"]);
    assert!(code == Some(2) && text.contains("no page in it"), "{text}");
    let (code, text) = say(&["--app", "app", "none"]);
    assert!(code == Some(2) && text.contains("none"), "{text}");
}
