"""Runs real nextest suites of sleeping tests and writes what happened, one JSON object a line.

    python3 record_nextest.py nextest.jsonl

The first line of a suite holds its tests in nextest's order: `file` (the binary) of each, the nominal sleep in
milliseconds, how many attempts fail, and its priority. Each further line is one run: `threads`, `partition` (null, or
"slice:1/3"), `session` (start and length), and `attempts`: test, start, length, and whether it failed, in whole
milliseconds from the start of the session, as nextest's JUnit report has them. It has no slots.

Only runs that are missing in the output are made, so that an interrupted recording goes on.
"""

import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

THREADS = [1, 2, 4, 8, 16]


def suite(name):
    """Tests of a suite: (binary, sleep in ms, attempts that fail, priority), in order."""
    rng = random.Random(name)
    shape, n = name.split("-")
    n = int(n)
    if shape == "uniform":
        return [(i * 3 // n, 3000 / n, 0, 0) for i in range(n)]
    if shape == "lognormal":
        raw = [rng.lognormvariate(0, 1.2) for _ in range(n)]
        scale = 3000 / sum(raw)
        return [(i * 4 // n, max(1, s * scale), 0, 0) for i, s in enumerate(raw)]
    if shape in ("giant", "first"):
        tests = [(i * 3 // n, 2200 / n, 0, 0) for i in range(n)]
        # The same suite once more, with the long test put first.
        tests[-3] = (tests[-3][0], 700, 0, 100 if shape == "first" else 0)
        return tests
    if shape == "failing":
        # Of twelve tests one passes when it is run again, and one never; 150 ms lie between two attempts.
        return [(i * 3 // n, rng.uniform(0.2, 1.8) * 2200 / n, {5: 1, 10: 9}.get(i % 12, 0), 0) for i in range(n)]
    raise ValueError(name)


SUITES = ["uniform-24", "lognormal-80", "lognormal-300", "giant-40", "first-40", "failing-36"]


def write(folder):
    members = ", ".join(f'"{name}"' for name in SUITES)
    (folder / "Cargo.toml").write_text(f'[workspace]\nmembers = [{members}]\nresolver = "3"\n')
    config = ["[profile.default]", 'retries = { backoff = "fixed", count = 2, delay = "150ms" }', "fail-fast = false"]
    for name in SUITES:
        for i, test in enumerate(suite(name)):
            if test[3]:
                config += ["[[profile.default.overrides]]", f"filter = 'package({name}) & test(=t{i:03})'", f"priority = {test[3]}"]
    config += ["[profile.default.junit]", 'path = "junit.xml"']
    (folder / ".config").mkdir()
    (folder / ".config/nextest.toml").write_text("\n".join(config) + "\n")
    for name in SUITES:
        package = folder / name
        (package / "tests").mkdir(parents=True)
        (package / "src").mkdir()
        (package / "src/lib.rs").write_text("")
        (package / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n')
        text = {}
        for i, (file, ms, fails, _) in enumerate(suite(name)):
            lines = text.setdefault(file, [
                "fn run(us: u64, fails: u64) {",
                "    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();",
                "    std::thread::sleep(std::time::Duration::from_micros(us * number(\"SCALE\")));",
                "    assert!(number(\"NEXTEST_ATTEMPT\") > fails);",
                "}"])
            lines.append(f"#[test]\nfn t{i:03}() {{ run({round(ms * 1000)}, {fails}); }}")
        for file, lines in text.items():
            (package / f"tests/b{file}.rs").write_text("\n".join(lines) + "\n")


def at_low_priority():
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(19)


def record(folder, name, threads, partition):
    env = {**os.environ, "SCALE": str(threads if not partition else 3)}
    command = ["cargo", "nextest", "run", "--offline", "-p", name, "--test-threads", str(threads)]
    junit = folder / "target/nextest/default/junit.xml"
    junit.unlink(missing_ok=True)
    done = subprocess.run(command + (["--partition", partition] if partition else []), cwd=folder, env=env,
                          capture_output=True, text=True)
    if not junit.exists():
        raise SystemExit(done.stdout + done.stderr)
    root = xml.etree.ElementTree.parse(junit).getroot()
    ms = lambda iso: datetime.datetime.fromisoformat(iso).timestamp() * 1000
    zero = ms(root.get("timestamp"))
    attempts = []
    for case in root.iter("testcase"):
        test = int(case.get("name")[1:])
        again = [e for e in case if e.tag in ("flakyFailure", "rerunFailure", "flakyError", "rerunError")]
        rows = [(e, 1) for e in again] + [(case, int(case.find("failure") is not None))]
        attempts += [[test, round(ms(e.get("timestamp")) - zero), round(float(e.get("time")) * 1000), bad]
                     for e, bad in rows]
    assert partition or len({a[0] for a in attempts}) == len(suite(name))
    return {"session": [0, round(float(root.get("time")) * 1000)], "attempts": sorted(attempts, key=lambda a: a[1])}


def main():
    out = pathlib.Path(sys.argv[1])
    rows = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {(r["suite"], r.get("threads"), r.get("partition")) for r in rows}
    with out.open("a") as to, tempfile.TemporaryDirectory() as tmp:
        def put(row):
            print(json.dumps(row, separators=(",", ":")), file=to, flush=True)

        folder = pathlib.Path(tmp)
        write(folder)
        subprocess.run(["cargo", "nextest", "run", "--workspace", "--no-run"], cwd=folder, check=True,
                       preexec_fn=at_low_priority)
        for name in SUITES:
            tests = suite(name)
            if (name, None, None) not in done:
                put({"suite": name, "file": [t[0] for t in tests], "sleep_ms": [round(t[1], 3) for t in tests],
                     "fails": [t[2] for t in tests], "priority": [t[3] for t in tests]})
            settings = [(t, None) for t in THREADS]
            settings += [(2, f"{how}:{i}/3") for how in ["slice", "hash"] for i in [1, 2, 3]]
            for threads, partition in settings:
                if (name, threads, partition) in done:
                    continue
                row = {"suite": name, "threads": threads, "partition": partition,
                       **record(folder, name, threads, partition)}
                put(row)
                print(name, threads, partition, row["session"][1], flush=True)


if __name__ == "__main__":
    main()
