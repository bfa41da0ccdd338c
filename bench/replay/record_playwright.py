"""Runs real Playwright suites of sleeping tests (no browser) and writes what happened, one JSON object a line.

    python3 record_playwright.py playwright.jsonl ../../e2e/node_modules

The first line of a suite holds its tests in the order of the files: `file` of each, the nominal sleep in milliseconds,
and how many attempts fail. Each further line is one run: `workers`, `fully_parallel`, `shard` (null, or "1/3"),
`session` (start and length), and `attempts`: test, parallelIndex, workerIndex, start, length, and whether it failed, in
whole milliseconds from the start of the session, as Playwright's JSON report has them.

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

WORKERS = [1, 2, 4, 8]


def suite(name):
    """Tests of a suite: (file, sleep in ms, attempts that fail), in order."""
    rng = random.Random(name)
    shape, n = name.split("-")
    n = int(n)
    if shape == "uniform":
        return [(i * 6 // n, 2400 / n, 0) for i in range(n)]
    if shape == "lognormal":
        raw = [rng.lognormvariate(0, 1.2) for _ in range(n)]
        scale = 2400 / sum(raw)
        return [(i * 10 // n, max(1, s * scale), 0) for i, s in enumerate(raw)]
    if shape == "giant":
        tests = [(i * 8 // n, 1800 / n, 0) for i in range(n)]
        tests[-3] = (tests[-3][0], 700, 0)
        return tests
    if shape == "files":
        sizes = [n // 2, n // 4, n // 8]
        sizes.append(n - sum(sizes))
        return [(f, rng.uniform(0.2, 1.8) * 2400 / n, 0) for f, size in enumerate(sizes) for _ in range(size)]
    if shape == "failing":
        # Of twelve tests one passes when it is run again, and one never.
        return [(i * 6 // n, rng.uniform(0.2, 1.8) * 1800 / n, {5: 1, 10: 9}.get(i % 12, 0)) for i in range(n)]
    raise ValueError(name)


SUITES = ["uniform-24", "lognormal-60", "giant-40", "files-48", "failing-36"]


def write(folder, tests, modules):
    (folder / "node_modules").symlink_to(pathlib.Path(modules).resolve())
    (folder / "playwright.config.js").write_text(
        "module.exports = { testDir: '.', retries: 1, workers: +process.env.WORKERS, timeout: 60000,\n"
        "  fullyParallel: process.env.FULLY === '1', reporter: [['json', { outputFile: process.env.FACTS }]] };\n")
    text = {}
    for i, (file, ms, fails) in enumerate(tests):
        lines = text.setdefault(file, [
            "const { test, expect } = require('@playwright/test');",
            "const sleep = (ms) => new Promise((f) => setTimeout(f, ms * +process.env.SCALE));"])
        lines.append(f"test('t{i:03}', async ({{}}, info) => {{ await sleep({ms:.3f}); "
                     f"expect(info.retry).toBeGreaterThanOrEqual({fails}); }});")
    for file, lines in text.items():
        (folder / f"f{file:02}.spec.js").write_text("\n".join(lines) + "\n")


def record(folder, tests, workers, fully_parallel, shard):
    facts = folder / "facts.json"
    env = {**os.environ, "FACTS": str(facts), "SCALE": str(workers if not shard else 3), "WORKERS": str(workers),
           "FULLY": "1" if fully_parallel else "0"}
    command = ["node", "node_modules/@playwright/test/cli.js", "test"] + ([f"--shard={shard}"] if shard else [])
    facts.unlink(missing_ok=True)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if not facts.exists():
        raise SystemExit(done.stdout + done.stderr)
    report = json.loads(facts.read_text())
    ms = lambda iso: datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp() * 1000
    zero = ms(report["stats"]["startTime"])
    attempts = []
    for file in report["suites"]:
        for spec in file["specs"]:
            for result in spec["tests"][0]["results"]:
                attempts.append([int(spec["title"][1:]), result["parallelIndex"], result["workerIndex"],
                                 round(ms(result["startTime"]) - zero), round(result["duration"]),
                                 int(result["status"] != "passed")])
    assert shard or len({a[0] for a in attempts}) == len(tests)
    return {"session": [0, round(report["stats"]["duration"])], "attempts": attempts}


def main():
    out, modules = pathlib.Path(sys.argv[1]), sys.argv[2]
    rows = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {(r["suite"], r.get("workers"), r.get("fully_parallel"), r.get("shard")) for r in rows}
    with out.open("a") as to, tempfile.TemporaryDirectory() as tmp:
        def put(row):
            print(json.dumps(row, separators=(",", ":")), file=to, flush=True)

        for name in SUITES:
            tests = suite(name)
            folder = pathlib.Path(tmp) / name
            folder.mkdir()
            write(folder, tests, modules)
            if (name, None, None, None) not in done:
                put({"suite": name, "file": [t[0] for t in tests], "sleep_ms": [round(t[1], 3) for t in tests],
                     "fails": [t[2] for t in tests]})
            settings = [(w, f, None) for f in [False, True] for w in WORKERS]
            settings += [(2, f, f"{i}/3") for f in [False, True] for i in [1, 2, 3]]
            for workers, fully, shard in settings:
                if (name, workers, fully, shard) in done:
                    continue
                row = {"suite": name, "workers": workers, "fully_parallel": fully, "shard": shard,
                       **record(folder, tests, workers, fully, shard)}
                put(row)
                print(name, workers, fully, shard, row["session"][1], flush=True)


if __name__ == "__main__":
    main()
