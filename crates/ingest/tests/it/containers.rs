//! Archives and packed files, as the tools that people use write them.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use lanescope_ingest::{Loaded, OpenFile, Opening, Unseekable};
use lanescope_model::Severity;

use crate::shared::{issues, open_bytes};

const JUNIT: &[u8] = b"<testsuite name='s'><testcase name='a' time='1'/><testcase name='b' time='2'/></testsuite>";

/// Packs files with a script of Python's own archive modules; `None`, with a word, where there is no Python.
fn python(script: &str) -> Option<Vec<u8>> {
    python_with(script, JUNIT)
}

/// Bytes in an archive of this kind, several times.
pub fn packed(kind: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let tar = |mode: &str| {
        format!(
            "t=tarfile.open(fileobj=out,mode='{mode}')\nfor n in ('a','b'*150):\n i=tarfile.TarInfo(n);i.size=len(J);t.addfile(i,io.BytesIO(J))\nt.close()"
        )
    };
    let zip = "z=zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED)\nz.writestr('a',J)\nz.writestr('b',J,zipfile.ZIP_STORED)\nz.close()";
    let script = match kind {
        "tar" => tar("w"),
        "tgz" => tar("w:gz"),
        "nested" => format!("{zip}\nJ=out.getvalue();out=io.BytesIO()\n{zip}"),
        _ => zip.to_owned(),
    };
    python_with(&script, bytes)
}

fn python_with(script: &str, input: &[u8]) -> Option<Vec<u8>> {
    let head = "import io,sys,zipfile,tarfile,gzip,struct\nout=io.BytesIO()\nJ=sys.stdin.buffer.read()\n";
    let script = format!("{head}{script}\nsys.stdout.buffer.write(out.getvalue())");
    run("python3", &["-c", &script], Path::new("/"), input)
}

fn run(program: &str, arguments: &[&str], at: &Path, stdin: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(at).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("skipped: there is no {program} here");
        return None;
    };
    let mut input = child.stdin.take().unwrap();
    // A program that does not read closes its end.
    let _ = input.write_all(stdin);
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} failed");
    Some(output.stdout)
}

fn paths(loaded: &[Loaded]) -> Vec<(String, String, usize)> {
    let line = |l: &Loaded| (l.report.path.to_string(), l.report.format.as_str().to_owned(), l.report.tests);
    loaded.iter().map(line).collect()
}

fn tests(loaded: &[Loaded]) -> usize {
    loaded.iter().map(|l| l.report.tests).sum()
}

fn all_issues(loaded: &[Loaded]) -> String {
    loaded.iter().map(|l| format!("{}\n{}\n", l.report.path, issues(l))).collect()
}

fn worst(loaded: &[Loaded]) -> Option<Severity> {
    loaded.iter().flat_map(|l| &l.report.issues).map(|i| i.severity).max()
}

#[test]
fn members_are_known_by_their_content_and_named_by_their_path() {
    let script = "
z=zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED)
z.writestr('a/stored',J,zipfile.ZIP_STORED)
z.writestr('a/deflated.png',J)
z.writestr('shot.xml',b'\\x89PNG\\r\\n\\x1a\\n'+bytes(100))
z.writestr('empty.xml','')
z.writestr('notes.txt','nothing\\nto see\\n')
z.writestr('dir/','')
z.close()";
    let Some(bytes) = python(script) else { return };
    let loaded = open_bytes("outer.zip", bytes);
    let path = |p: &str, f: &str, n| (p.to_owned(), f.to_owned(), n);
    assert_eq!(
        paths(&loaded),
        [
            path("outer.zip", "zip", 0),
            path("outer.zip!a/stored", "junit-xml", 2),
            path("outer.zip!a/deflated.png", "junit-xml", 2),
            path("outer.zip!shot.xml", "image", 0),
            path("outer.zip!notes.txt", "unknown", 0),
        ]
    );
    assert!(loaded[1..].iter().all(|l| l.report.archive.as_deref() == Some("outer.zip")));
    assert!(issues(&loaded[0]).contains("1 members are empty"), "{}", issues(&loaded[0]));
    assert!(loaded[3].report.format.is_attachment());
}

#[test]
fn what_tools_write_is_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("containers");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    let long = format!("inner/{}.xml", "n".repeat(180));
    for name in ["inner/a.xml", "inner/b.xml", &long] {
        std::fs::write(folder.join(name), JUNIT).unwrap();
    }
    let commands: [(&str, &[&str]); 11] = [
        ("zip", &["-q", "-r", "x.zip", "inner"]),
        ("zip", &["-q", "-0", "-r", "x.zip", "inner"]),
        ("tar", &["-cf", "x.tar", "inner"]),
        ("tar", &["--format=pax", "-cf", "x.tar", "inner"]),
        ("tar", &["--format=ustar", "--exclude=nnn*", "-cf", "x.tar", "inner"]),
        ("tar", &["-czf", "x.tgz", "inner"]),
        ("tar", &["--zstd", "-cf", "x.tar.zst", "inner"]),
        ("zstd", &["-q", "-f", "inner/a.xml", "-o", "x.zst"]),
        ("tar", &["-cJf", "x.tar.xz", "inner"]),
        ("sh", &["-c", "xz -c inner/a.xml > $0", "x.xz"]),
        ("sh", &["-c", "xz -9e --check=sha256 --block-size=40 -T2 -c inner/a.xml > $0", "x.xz"]),
    ];
    for (program, arguments) in commands {
        let out = arguments.iter().find(|a| a.starts_with("x.")).unwrap();
        let _ = std::fs::remove_file(folder.join(out));
        if run(program, arguments, &folder, JUNIT).is_none() {
            continue;
        }
        let bytes = std::fs::read(folder.join(out)).unwrap();
        let loaded = open_bytes("unknown", bytes.clone());
        let members = match (program, arguments[0]) {
            ("zstd" | "sh", _) => 1,
            (_, "--format=ustar") => 2,
            _ => 3,
        };
        let wrong = format!("{program} {arguments:?}:\n{}", all_issues(&loaded));
        assert_eq!(tests(&loaded), 2 * members, "{wrong}");
        assert!(worst(&loaded) < Some(Severity::Warning), "{wrong}");
        if members == 3 {
            assert!(loaded.iter().any(|l| l.report.path.ends_with(&format!("!{long}"))), "{wrong}");
        }
        // From standard input, which has no places.
        let reader = Box::new(Unseekable(Box::new(Cursor::new(bytes))));
        let file = OpenFile { path: "-".to_owned(), size: None, reader };
        assert_eq!(tests(&Opening::new(vec![file]).read_all()), 2 * members, "{wrong}");
    }
}

#[test]
fn archives_inside_archives_are_opened_to_a_depth() {
    let script = "
data=J
for n in range(9):
    b=io.BytesIO()
    z=zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED if n%2 else zipfile.ZIP_STORED)
    z.writestr('in.zip' if n else 'a.xml',data)
    if n==4: z.writestr('b.xml',J)
    z.close()
    data=b.getvalue()
    if n in DEPTHS: out=io.BytesIO(data)
";
    let Some(four) = python(&script.replace("DEPTHS", "(3,)")) else { return };
    let loaded = open_bytes("x", four);
    assert_eq!(tests(&loaded), 2, "{}", all_issues(&loaded));
    assert_eq!(loaded.last().unwrap().report.path.as_ref(), "x!in.zip!in.zip!in.zip!a.xml");
    assert_eq!(loaded.last().unwrap().report.archive.as_deref(), Some("x!in.zip!in.zip!in.zip"));
    let five = python(&script.replace("DEPTHS", "(4,)")).unwrap();
    let loaded = open_bytes("x", five);
    assert_eq!(tests(&loaded), 2, "what is not too deep is read: {}", all_issues(&loaded));
    assert!(all_issues(&loaded).contains("4 deep"), "{}", all_issues(&loaded));
    // A zip in gzip, and a tar in a zip.
    for script in [
        "z=zipfile.ZipFile(b:=io.BytesIO(),'w');z.writestr('a.xml',J);z.close();out=io.BytesIO(gzip.compress(b.getvalue()))",
        "t=tarfile.open(fileobj=(b:=io.BytesIO()),mode='w:gz');i=tarfile.TarInfo('a.xml');i.size=len(J);\
         t.addfile(i,io.BytesIO(J));t.close();z=zipfile.ZipFile(out,'w');z.writestr('t.tgz',b.getvalue());z.close()",
    ] {
        let loaded = open_bytes("x", python(script).unwrap());
        assert_eq!(tests(&loaded), 2, "{}", all_issues(&loaded));
        assert_eq!(worst(&loaded), None, "{}", all_issues(&loaded));
    }
}

#[test]
fn what_stands_beside_reports_is_no_alarm_and_what_is_alone_is() {
    let script = "
z=zipfile.ZipFile(out,'w')
if REPORT: z.writestr('a.xml',J)
z.writestr('environment.properties','os=linux\\nworkers=64\\n')
z.writestr('categories.json','[{\"name\": \"Timeouts\", \"matchedStatuses\": [\"failed\"]}]')
z.close()";
    let Some(both) = python(&script.replace("REPORT", "True")) else { return };
    let loaded = open_bytes("x", both);
    assert_eq!((tests(&loaded), worst(&loaded)), (2, Some(Severity::Info)), "{}", all_issues(&loaded));
    assert!(loaded.last().unwrap().report.no_report && loaded.last().unwrap().foreign);
    let loaded = open_bytes("x", python(&script.replace("REPORT", "False")).unwrap());
    assert!(all_issues(&loaded).contains("nothing in this archive is a test report"), "{}", all_issues(&loaded));
    assert_eq!(worst(&loaded), Some(Severity::Error));
}

#[test]
fn what_stands_beside_reports_in_a_folder_is_no_alarm_where_folders_are_opened() {
    let files = || {
        let file = |path: &str, bytes: &'static [u8]| OpenFile {
            path: path.to_owned(),
            size: Some(bytes.len() as u64),
            reader: Box::new(Cursor::new(bytes)),
        };
        vec![file("results/a.xml", JUNIT), file("results/readme", b"os=linux"), file("other", b"os=linux")]
    };
    let severities = |loaded: &[Loaded]| -> Vec<Option<Severity>> {
        loaded.iter().map(|l| l.report.issues.iter().map(|issue| issue.severity).max()).collect()
    };
    let folders = severities(&Opening::new(files()).of_folders().read_all());
    assert_eq!(folders.get(1..), Some(&[Some(Severity::Info), Some(Severity::Error)][..]));
    let chosen = severities(&Opening::new(files()).read_all());
    assert_eq!(chosen.get(1..), Some(&[Some(Severity::Error), Some(Severity::Error)][..]));
}

#[test]
fn what_is_wrong_with_a_member_is_said_and_the_others_are_read() {
    let zip = |body: &str| format!("z=zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED)\n{body}\nz.close()");
    let damaged = "d=bytearray(out.getvalue());i=d.index(J) if STORED else d.index(b'a.xml')+9;d[i+2]^=0x55;out=io.BytesIO(bytes(d))";
    let cases = [
        ("bzip2", zip("z.writestr('a.xml',J,zipfile.ZIP_BZIP2);z.writestr('b.xml',J)"), "method bzip2 (12)", 2),
        ("lzma", zip("z.writestr('a.xml',J,zipfile.ZIP_LZMA);z.writestr('b.xml',J)"), "method lzma (14)", 2),
        ("twice", zip("z.writestr('a.xml',J);z.writestr('a.xml',J+b' ')"), "“a.xml (2)”", 4),
        ("out", zip("z.writestr('../../etc/a.xml',J);z.writestr('b.xml',J)"), "leads out of the archive", 4),
        (
            "link",
            zip(
                "i=zipfile.ZipInfo('l.xml');i.external_attr=0o120777<<16;i.create_system=3;z.writestr(i,'/etc/passwd');z.writestr('b.xml',J)",
            ),
            "links are not followed",
            2,
        ),
        (
            "damaged",
            zip("z.writestr('a.xml',J,zipfile.ZIP_STORED);z.writestr('b.xml',J)")
                + "\n"
                + &damaged.replace("STORED", "1"),
            "checksum does not match",
            4,
        ),
    ];
    for (name, script, text, count) in cases {
        let Some(bytes) = python(&script) else { return };
        let loaded = open_bytes("x.zip", bytes);
        let said = all_issues(&loaded);
        assert!(said.contains(text), "{name}: {said}");
        let found = tests(&loaded);
        // The damaged byte may be one of the report's own.
        assert!(found == count || (name == "damaged" && found >= 2), "{name}: {found} tests\n{said}");
    }
}

#[test]
fn an_archive_cut_off_anywhere_says_so() {
    for script in [
        "t=tarfile.open(fileobj=out,mode='w')\nfor n in 'abc':\n i=tarfile.TarInfo(n+'.xml');i.size=len(J);t.addfile(i,io.BytesIO(J))\nt.close()",
        "z=zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED)\nfor n in 'abc': z.writestr(n+'.xml',J)\nz.close()",
    ] {
        let Some(bytes) = python(script) else { return };
        assert_eq!(tests(&open_bytes("x", bytes.clone())), 6);
        for cut in (0..bytes.len()).step_by(61) {
            let loaded = open_bytes("x", bytes[..cut].to_vec());
            let found = tests(&loaded);
            let silent = worst(&loaded).is_none() && found < 6;
            assert!(!silent, "{cut} is silent: {found} tests");
        }
    }
}

#[test]
fn a_bomb_is_stopped() {
    let script = "z=zipfile.ZipFile(out,'w',zipfile.ZIP_DEFLATED,compresslevel=9)
with z.open('bomb.xml','w') as f:
    f.write(J[:20])
    for _ in range(100): f.write(bytes(1<<20))
z.writestr('good.xml',J)
z.close()";
    let Some(bytes) = python(script) else { return };
    assert!(bytes.len() < 200_000);
    let loaded = open_bytes("x.zip", bytes);
    assert_eq!(tests(&loaded), 2, "{}", all_issues(&loaded));
    assert!(all_issues(&loaded).contains("250 times its size"), "{}", all_issues(&loaded));
}

#[test]
fn members_that_share_their_bytes_are_read_once() {
    let script = "import copy
z=zipfile.ZipFile(out,'w')
z.writestr('first.xml',J)
z.writestr('last.xml',J)
for n in range(30):
    again=copy.copy(z.filelist[0])
    again.filename=f'{n}.xml'
    z.filelist.append(again)
z.close()";
    let Some(bytes) = python(script) else { return };
    let loaded = open_bytes("x.zip", bytes);
    assert_eq!(tests(&loaded), 4, "{}", all_issues(&loaded));
    assert!(all_issues(&loaded).contains("in the bytes of another member"), "{}", all_issues(&loaded));
}

#[test]
fn many_members_of_a_kind_are_summed_up() {
    let script = "z=zipfile.ZipFile(out,'w')\nfor n in range(50): z.writestr(f'{n}.txt','some\\ntext\\n')\nz.writestr('a.xml',J)\nz.close()";
    let Some(bytes) = python(script) else { return };
    let loaded = open_bytes("x.zip", bytes);
    assert_eq!(loaded.len(), 1 + 20 + 1);
    assert!(issues(&loaded[0]).contains("50 members"), "{}", issues(&loaded[0]));
    assert_eq!(tests(&loaded), 2);
}

/// Packs with xz, as these arguments say; `None`, with a word, where there is no xz.
fn xz(arguments: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    run("xz", &[&["-c"], arguments].concat(), Path::new("/"), bytes)
}

#[test]
fn xz_data_is_checked_and_said_to_be_damaged() {
    for check in ["none", "crc32", "crc64", "sha256"] {
        let Some(packed) = xz(&[&format!("--check={check}")], JUNIT) else { return };
        let loaded = open_bytes("x", packed.clone());
        assert_eq!((tests(&loaded), worst(&loaded)), (2, None), "{check}: {}", all_issues(&loaded));
        // One stream behind the other, with zeros between them.
        let two = [&packed[..], &[0; 8], &packed[..]].concat();
        assert!(!all_issues(&open_bytes("x", two)).contains("xz data"), "{check}");
        let behind = [&packed[..], b"and more"].concat();
        let loaded = open_bytes("x", behind);
        assert!(tests(&loaded) == 2 && all_issues(&loaded).contains("not xz follows"), "{}", all_issues(&loaded));
        // The sum of a block: the index of one block has 8 bytes, the foot 12, and what fills up the sum is not in it.
        if check.starts_with("crc") {
            let mut bad = packed.clone();
            let at = bad.len() - 12 - 8 - 1;
            bad[at] ^= 0x55;
            let loaded = open_bytes("x", bad);
            let said = all_issues(&loaded);
            assert!(tests(&loaded) == 2 && said.contains("checksum does not match"), "{check}: {said}");
        }
        for cut in (0..packed.len()).step_by(if check == "crc64" { 1 } else { 29 }) {
            let loaded = open_bytes("x", packed[..cut].to_vec());
            assert!(worst(&loaded).is_some() || tests(&loaded) == 2, "{check}: cut at {cut} is silent");
            let mut bad = packed.clone();
            bad[cut] ^= 0x81;
            let _ = open_bytes("x", bad);
        }
    }
}

#[test]
fn xz_data_that_asks_for_too_much_is_refused_with_the_limit() {
    let said = |arguments: &[&str]| Some(all_issues(&open_bytes("x", xz(arguments, JUNIT)?)));
    let Some(large) = said(&["--lzma2=dict=128MiB"]) else { return };
    assert!(large.contains("more than 64 MiB in memory"), "{large}");
    let filtered = said(&["--x86", "--lzma2"]).unwrap();
    assert!(filtered.contains("made for programs"), "{filtered}");
    let bomb = xz(&["-1"], &[JUNIT, &vec![b' '; 80 << 20]].concat()).unwrap();
    assert!(bomb.len() < 100_000);
    let said = all_issues(&open_bytes("x", bomb));
    assert!(said.contains("250 times its size"), "{said}");
    // A thousand blocks of one byte, each with a dictionary of its own.
    let blocks = xz(&["-9", "--block-size=1"], &[b'a'; 1000]).unwrap();
    let said = all_issues(&open_bytes("x", blocks));
    assert!(said.contains("of dictionaries for next to no content"), "{said}");
}

#[test]
fn bzip2_is_named() {
    let Some(packed) = run("bzip2", &["-c"], Path::new("/"), JUNIT) else { return };
    let loaded = open_bytes("x", packed);
    assert!(all_issues(&loaded).contains("packed with bzip2, which is not opened here"), "{}", all_issues(&loaded));
}
