//! Requests and answers.

use std::io::{Cursor, Read};
use std::net::SocketAddr;

use tiny_http::{Header, Method, Request, Response, StatusCode};

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

type Answer = Response<Box<dyn Read + Send>>;

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
                        let _ = request.respond(answer);
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
            return plain(403, "this is not the address that was printed\n");
        }
        if !matches!(request.method(), Method::Get | Method::Head) {
            return plain(405, "only GET and HEAD\n");
        }
        let path = request.url().split(['?', '#']).next().unwrap_or_default();
        let Some(name) = path.strip_prefix('/').and_then(decoded) else { return plain(404, "not found\n") };
        let name = if name.is_empty() { "index.html" } else { &name };
        if let Some(file) = name.strip_prefix(DATA) {
            return match self.files.open(file) {
                Some((bytes, length)) => answer(200, bytes, Some(length), "application/octet-stream"),
                None => plain(404, "not found\n"),
            };
        }
        // Nothing of what is served here is to be kept: another day the same port is another folder's.
        let Some(gzip) = self.app.packed(name).filter(|_| name != "sw.js") else { return plain(404, "not found\n") };
        let takes_gzip = field(request, "Accept-Encoding").is_some_and(|takes| takes.contains("gzip"));
        if takes_gzip {
            let bytes = gzip.to_vec();
            let length = bytes.len() as u64;
            let mut answer = answer(200, Box::new(Cursor::new(bytes)), Some(length), mime(name));
            add(&mut answer, "Content-Encoding", "gzip");
            return answer;
        }
        match unpacked(gzip) {
            Ok(bytes) => answer(200, Box::new(Cursor::new(bytes)), None, mime(name)),
            Err(_) => plain(500, "the page is damaged\n"),
        }
    }
}

fn field(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}

fn answer(status: u16, bytes: Box<dyn Read + Send>, length: Option<u64>, mime: &str) -> Answer {
    let length = length.and_then(|length| usize::try_from(length).ok());
    let mut answer = Response::new(StatusCode(status), Vec::new(), bytes, length, None);
    add(&mut answer, "Content-Type", mime);
    add(&mut answer, "Cache-Control", "no-store");
    add(&mut answer, "X-Content-Type-Options", "nosniff");
    // No page of another origin gets anything of it, not even as a script or a picture.
    add(&mut answer, "Cross-Origin-Resource-Policy", "same-origin");
    answer
}

fn plain(status: u16, text: &str) -> Answer {
    answer(
        status,
        Box::new(Cursor::new(text.as_bytes().to_vec())),
        Some(text.len() as u64),
        "text/plain; charset=utf-8",
    )
}

fn add(answer: &mut Answer, name: &str, value: &str) {
    if let Ok(header) = Header::from_bytes(name, value) {
        answer.add_header(header);
    }
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
