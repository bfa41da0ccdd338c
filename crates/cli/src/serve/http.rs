//! Requests and answers.

use std::fmt::Write as _;
use std::io::{self, Cursor, Read, Write as _};
use std::net::SocketAddr;

use tiny_http::{Method, Request};

use super::files::Files;
use crate::app::{App, unpacked};

const PREFERRED_PORT: u16 = 4171;

/// Requests answered at the same time: the page asks for its parts while a large file is on its way.
const THREADS: usize = 4;

/// Below the page, the files that were named.
const DATA: &str = "data/";

/// A server that is bound and not yet answering.
pub(super) struct Server {
    http: tiny_http::Server,
    at: SocketAddr,
    app: App,
    files: Files,
}

struct Answer {
    status: &'static str,
    mime: &'static str,
    gzip: bool,
    bytes: Box<dyn Read + Send>,
    length: u64,
}

impl Server {
    /// Binds to a port of 127.0.0.1: the one asked for (0 is any), else the preferred one, else any.
    pub(super) fn bind(app: App, files: Files, port: Option<u16>) -> Result<Self, String> {
        let bound = match port {
            Some(port) => tiny_http::Server::http(("127.0.0.1", port)).map_err(|e| format!("port {port}: {e}")),
            None => tiny_http::Server::http(("127.0.0.1", PREFERRED_PORT))
                .or_else(|_| tiny_http::Server::http(("127.0.0.1", 0)))
                .map_err(|e| format!("no port is free: {e}")),
        };
        let http = bound?;
        let at = http.server_addr().to_ip().ok_or("there is no address of this machine")?;
        Ok(Self { http, at, app, files })
    }

    /// The address that opens the files in the page.
    pub(super) fn address(&self) -> String {
        format!("http://{}/#/overview?src={DATA}{}", self.at, encoded(self.files.first()))
    }

    /// Answers until the process is ended.
    pub(super) fn run(&self) {
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while let Ok(request) = self.http.recv() {
                        let answer = self.answer(&request);
                        // A browser that went away in the middle is no reason to stop.
                        let _ = answer.send(request);
                    }
                });
            }
        });
    }

    fn answer(&self, request: &Request) -> Answer {
        // A page elsewhere may have its own name point here (DNS rebinding), and be of the same origin then. Its name
        // stands in the request.
        let host = field(request, "Host").unwrap_or_default();
        if host != self.at.to_string() && host != format!("localhost:{}", self.at.port()) {
            return plain("403 Forbidden", "this is not the address that was printed\n");
        }
        if !matches!(request.method(), Method::Get | Method::Head) {
            return plain("405 Method Not Allowed", "only GET and HEAD\n");
        }
        let path = request.url().split(['?', '#']).next().unwrap_or_default();
        let Some(name) = path.strip_prefix('/').and_then(decoded) else { return not_found() };
        let name = if name.is_empty() { "index.html" } else { &name };
        if let Some(file) = name.strip_prefix(DATA) {
            return match self.files.open(file) {
                Some((bytes, length)) => {
                    Answer { status: OK, mime: "application/octet-stream", gzip: false, bytes, length }
                }
                None => not_found(),
            };
        }
        // Nothing of what is served here is to be kept: another day the same port is another folder's.
        let Some(gzip) = self.app.packed(name).filter(|_| name != "sw.js") else { return not_found() };
        let gzip_wanted = field(request, "Accept-Encoding").is_some_and(|takes| takes.contains("gzip"));
        let bytes = if gzip_wanted { Ok(gzip.to_vec()) } else { unpacked(gzip) };
        match bytes {
            Ok(bytes) => of_bytes(OK, mime(name), gzip_wanted, bytes),
            Err(_) => plain("500 Internal Server Error", "the page is damaged\n"),
        }
    }
}

const OK: &str = "200 OK";

impl Answer {
    /// Writes the answer. Each ends its connection: the library gives a thread to every connection, and a browser that
    /// opens many at once would wait for those that it keeps open itself.
    fn send(self, request: Request) -> io::Result<()> {
        let Self { status, mime, gzip, mut bytes, length } = self;
        let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n");
        let _ = write!(head, "Content-Type: {mime}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        // No page of another origin gets anything of it, not even as a script or a picture.
        head.push_str("Cross-Origin-Resource-Policy: same-origin\r\n");
        if gzip {
            head.push_str("Content-Encoding: gzip\r\n");
        }
        head.push_str("\r\n");
        let body = *request.method() != Method::Head;
        let mut to = request.into_writer();
        to.write_all(head.as_bytes())?;
        if body {
            io::copy(&mut bytes, &mut to)?;
        }
        to.flush()
    }
}

fn field(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}

fn of_bytes(status: &'static str, mime: &'static str, gzip: bool, bytes: Vec<u8>) -> Answer {
    let length = bytes.len() as u64;
    Answer { status, mime, gzip, bytes: Box::new(Cursor::new(bytes)), length }
}

fn plain(status: &'static str, text: &str) -> Answer {
    of_bytes(status, "text/plain; charset=utf-8", false, text.as_bytes().to_vec())
}

fn not_found() -> Answer {
    plain("404 Not Found", "not found\n")
}

/// Takes `%20` and the like back; `None` if what comes out is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A name as it stands in the fragment of an address, as the page writes it.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%25{b:02X}") }).collect()
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_through_fragment_and_request() {
        // The fragment is decoded once by the page, the address of the file once here.
        let name = "a b&c=d%20ü#.xml";
        let in_fragment = encoded(name);
        assert!(!in_fragment.contains(['&', '#', '=', ' ']), "{in_fragment}");
        let in_request = decoded(&in_fragment).unwrap_or_default();
        assert_eq!(decoded(&in_request).as_deref(), Some(name));
    }

    #[test]
    fn what_is_no_text_has_no_name() {
        for bad in ["%", "%z", "%zz", "%ff"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
