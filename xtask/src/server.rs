//! A small static server for `dist/`, on this machine only.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, StatusCode};

const PREFERRED_PORT: u16 = 4170;

/// A server that is bound and not yet answering.
pub struct Server {
    http: tiny_http::Server,
    folder: PathBuf,
}

impl Server {
    /// Binds to a port of 127.0.0.1: the one asked for (0 is any), else the preferred one, else any.
    pub fn bind(folder: PathBuf, port: Option<u16>) -> Result<Self> {
        if !folder.join("index.html").is_file() {
            bail!("{} holds no page; `cargo xtask build` makes it", folder.display());
        }
        let bound = match port {
            Some(port) => {
                tiny_http::Server::http(("127.0.0.1", port)).map_err(|error| anyhow!("port {port}: {error}"))?
            }
            None => tiny_http::Server::http(("127.0.0.1", PREFERRED_PORT))
                .or_else(|_| tiny_http::Server::http(("127.0.0.1", 0)))
                .map_err(|error| anyhow!("no port is free: {error}"))?,
        };
        Ok(Self { http: bound, folder })
    }

    /// The address of the page.
    pub fn address(&self) -> String {
        format!("http://{}/", self.http.server_addr())
    }

    /// Answers until the process is ended.
    pub fn run(&self) -> Result<()> {
        for request in self.http.incoming_requests() {
            answer(request, &self.folder);
        }
        Ok(())
    }
}

/// A browser that went away in the middle is no reason to stop.
fn answer(request: Request, folder: &Path) {
    if !matches!(request.method(), Method::Get | Method::Head) {
        let _ = request.respond(Response::empty(405));
        return;
    }
    match open(folder, request.url()) {
        // Who builds and looks wants the newest build, not the one that was kept.
        Ok((path, _)) if path.ends_with(crate::service::NAME) => {
            let _ = request.respond(Response::empty(404));
        }
        Ok((path, file)) => {
            let mut response = Response::from_file(file).with_status_code(StatusCode(200));
            for (name, value) in
                [("Content-Type", mime(&path)), ("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff")]
            {
                if let Ok(header) = Header::from_bytes(name, value) {
                    response.add_header(header);
                }
            }
            let _ = request.respond(response);
        }
        Err(_) => {
            let _ = request.respond(Response::from_string("not found\n").with_status_code(404));
        }
    }
}

fn open(folder: &Path, url: &str) -> io::Result<(PathBuf, File)> {
    let path = local(folder, url).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let path = if path.is_dir() { path.join("index.html") } else { path };
    // A link inside the folder must not lead out of it.
    if !path.canonicalize()?.starts_with(folder.canonicalize()?) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let file = File::open(&path)?;
    Ok((path, file))
}

/// The file that an address names, unless it leads out of the folder.
fn local(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let path = PathBuf::from(decoded(path)?);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    inside.then(|| folder.join(path))
}

/// Takes `%20` and the like back; `None` if what comes out is no text or a name that no file has.
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
    String::from_utf8(bytes).ok().filter(|name| !name.contains(['\0', '\\']))
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml",
        "txt" | "log" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn addresses_stay_inside_the_folder() {
        let folder = Path::new("/dist");
        assert_eq!(local(folder, "/a/b.js?v=1"), Some(PathBuf::from("/dist/a/b.js")));
        assert_eq!(local(folder, "/a%20b"), Some(PathBuf::from("/dist/a b")));
        assert_eq!(local(folder, "/"), Some(PathBuf::from("/dist/")));
        for bad in [
            "/../etc/passwd",
            "/a/../../b",
            "/%2e%2e/b",
            "/a/%2e%2e%2f%2e%2e/b",
            "/%",
            "/%zz",
            "/%ff",
            "/a%00b",
            "/..%5cb",
        ] {
            assert_eq!(local(folder, bad), None, "{bad}");
        }
        // More than one leading slash names nothing outside either.
        assert_eq!(local(folder, "//etc/passwd"), Some(PathBuf::from("/dist/etc/passwd")));
    }

    #[test]
    fn a_page_is_served_with_its_type() {
        let folder = std::env::temp_dir().join(format!("lanescope-serve-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("index.html"), "<p>here").unwrap();
        fs::write(folder.join("a.wasm"), b"\0asm").unwrap();
        fs::write(folder.join("sw.js"), b"").unwrap();
        let server = Server::bind(folder.clone(), Some(0)).unwrap();
        let address = server.address();
        let host = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
        // The thread ends with the test's process.
        std::thread::spawn(move || server.run());
        let ask = |line: &str| {
            let mut stream = TcpStream::connect(&host).unwrap();
            write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        let page = ask("GET /");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("text/html") && page.ends_with("<p>here"), "{page}");
        assert!(ask("GET /a.wasm").contains("application/wasm"));
        assert!(ask("GET /../Cargo.toml").starts_with("HTTP/1.1 404"));
        assert!(ask("GET /none").starts_with("HTTP/1.1 404"));
        assert!(ask("GET /sw.js").starts_with("HTTP/1.1 404"));
        assert!(ask("POST /").starts_with("HTTP/1.1 405"));
        fs::remove_dir_all(folder).unwrap();
    }
}
