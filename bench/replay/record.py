"""Runs real pytest-xdist suites of sleeping tests and writes what happened, one JSON object a line.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python record.py facts.jsonl

The first line of a suite holds its tests in collection order: `file`, `scope` (a class, or -1) and `group` (an
xdist_group, or -1) of each, and the nominal sleep in milliseconds. Each further line is one run: mode, workers, the
makespan from the first start to the last stop, when each worker began its first test (null if it had none), the mean
gap between two tests of a worker, and, by test in collection order, the time from the start of its setup to the stop of
its teardown. Times are whole microseconds, as pytest's reports have them.

Only runs that are missing in the output are made, so that an interrupted recording goes on.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

MODES = ["load", "worksteal", "loadscope", "loadfile", "loadgroup"]
WORKERS = [1, 2, 4, 8, 16]

CONFTEST = '''
import json, os
T = {}
ORDER = []

def pytest_runtest_logreport(report):
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    node = report.nodeid.rsplit("@", 1)[0]
    row = T.setdefault(node, [report.start, report.stop, getattr(report, "worker_id", "gw0")])
    row[0] = min(row[0], report.start)
    row[1] = max(row[1], report.stop)

def pytest_sessionfinish(session):
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        json.dump(T, open(os.environ["FACTS"], "w"))
'''


def suite(name):
    """Tests of a suite: (file, class or -1, group or -1, sleep in ms), in collection order."""
    rng = random.Random(name)
    shape, n = name.split("-")
    n = int(n)
    if shape == "uniform":
        total = 4000 if n < 1000 else 12000
        return [(i * 4 // n if n < 1000 else i * 40 // n, -1, -1, total / n) for i in range(n)]
    if shape == "lognormal":
        raw = [rng.lognormvariate(0, 1.2) for _ in range(n)]
        scale = 4000 / sum(raw)
        files = max(4, n // 12)
        at = sorted(rng.randrange(files) for _ in range(n))
        return [(f, i % 2 if f % 3 == 0 else -1, f if f % 4 == 1 else -1, max(1, s * scale)) for i, (f, s) in
                enumerate(zip(at, raw))]
    if shape == "giant":
        tests = [(i // 10, -1, -1, 3000 / n) for i in range(n)]
        tests[-3] = (*tests[-3][:3], 800)
        return tests
    if shape == "files":
        sizes = [n // 2, n // 4, n // 8]
        sizes.append(n - sum(sizes))
        return [(f, i * 3 // size if f < 2 else -1, -1, rng.uniform(0.2, 1.8) * 4000 / n)
                for f, size in enumerate(sizes) for i in range(size)]
    if shape == "groups":
        return [(i // 15, -1, rng.choice([-1, -1, 0, 1, 2]), rng.uniform(10, 80)) for i in range(n)]
    raise ValueError(name)


SUITES = ["uniform-20", "lognormal-60", "giant-50", "files-120", "groups-90", "lognormal-300", "uniform-2000"]


def write(folder, tests):
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    ids, text, last = [], {}, None
    for i, (file, cls, group, ms) in enumerate(tests):
        lines = text.setdefault(file, ["import os, time, pytest", "S = float(os.environ['SCALE'])"])
        if cls >= 0 and last != (file, cls):
            lines.append(f"class TestC{cls}:" if f"class TestC{cls}:" not in lines else f"class TestC{cls}x{i}:")
        last = (file, cls)
        pad = "    " if cls >= 0 else ""
        if group >= 0:
            lines.append(f"{pad}@pytest.mark.xdist_group('g{group}')")
        lines.append(f"{pad}def test_{i:04}({'self' if cls >= 0 else ''}): time.sleep({ms / 1000:.6f} * S)")
        name = next((l for l in reversed(lines) if l.startswith("class ")), "")[6:-1]
        ids.append(f"test_{file:03}.py::" + (f"{name}::" if cls >= 0 else "") + f"test_{i:04}")
    for file, lines in text.items():
        (folder / f"test_{file:03}.py").write_text("\n".join(lines) + "\n")
    return ids


def record(folder, ids, mode, workers):
    scale = workers
    facts = folder / "facts.json"
    env = {**os.environ, "FACTS": str(facts), "SCALE": str(scale), "PYTHONDONTWRITEBYTECODE": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-p", "no:cacheprovider", "-n", str(workers), "--dist", mode]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    rows = json.loads(facts.read_text())
    if sorted(rows) != sorted(ids):
        raise SystemExit(f"other tests than expected: {sorted(rows)[:3]} {ids[:3]}")
    first = min(r[0] for r in rows.values())
    us = lambda s: round(s * 1e6)
    on = {}
    for start, stop, worker in sorted(rows.values()):
        on.setdefault(worker, []).append((start, stop))
    gaps = [b[0] - a[1] for lane in on.values() for a, b in zip(lane, lane[1:])]
    return {"scale": scale,
            "makespan_us": us(max(r[1] for r in rows.values()) - first),
            "gap_us": us(sum(gaps) / max(1, len(gaps))),
            "starts_us": [us(on[w][0][0] - first) if (w := f"gw{i}") in on else None for i in range(workers)],
            "us": [us(rows[i][1] - rows[i][0]) for i in ids]}


def main():
    out = pathlib.Path(sys.argv[1])
    done = set()
    if out.exists():
        for line in out.read_text().splitlines():
            row = json.loads(line)
            done.add((row["suite"], row.get("mode"), row.get("workers")))
    with out.open("a") as to, tempfile.TemporaryDirectory() as tmp:
        for name in SUITES:
            tests = suite(name)
            folder = pathlib.Path(tmp) / name
            folder.mkdir()
            ids = write(folder, tests)
            if (name, None, None) not in done:
                scopes, groups = {}, {}
                scope = [scopes.setdefault(i.rsplit("::", 1)[0], len(scopes)) for i in ids]
                row = {"suite": name, "file": [t[0] for t in tests], "scope": scope,
                       "group": [t[2] for t in tests], "sleep_ms": [round(t[3], 3) for t in tests]}
                print(json.dumps(row, separators=(",", ":")), file=to, flush=True)
            for mode in MODES:
                for workers in WORKERS:
                    if (name, mode, workers) in done:
                        continue
                    row = {"suite": name, "mode": mode, "workers": workers, **record(folder, ids, mode, workers)}
                    print(json.dumps(row, separators=(",", ":")), file=to, flush=True)
                    print(name, mode, workers, row["makespan_us"], flush=True)


if __name__ == "__main__":
    main()
