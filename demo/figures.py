#!/usr/bin/env python3
"""Computes the demo's figures from the recorded files, independently of Lanescope.

Reads public/demo, checks reportlog, JUnit XML and console log against each other,
prints the figures and writes demo/expected.json. Standard library only.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "public" / "demo"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
FINISH = re.compile(r"^(?:\[(?P<worker>gw\d+)\] \[ *\d+%\] (?P<word>[A-Z]+) (?P<id>.+?)|(?P<id2>tests/.+?) (?P<word2>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS|RERUN)(?: \(.*\))? *(?:\[ *\d+%\])?)\s*$")
FAILING = {"failed", "error"}


def read_text(name: str) -> str:
    packed = DEMO / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()).decode() if packed.exists() else (DEMO / name).read_text(encoding="utf-8")


def attempts_of(records: list[dict]) -> list[list[dict]]:
    """A setup begins an attempt."""
    attempts: list[list[dict]] = []
    for record in records:
        if record["when"] == "setup":
            attempts.append([])
        attempts[-1].append(record)
    return attempts


def outcome_of(attempt: list[dict]) -> str:
    phases = {r["when"]: r for r in attempt}
    bad = {when for when, r in phases.items() if r["outcome"] in ("failed", "rerun")}
    if "call" in bad:
        return "failed"
    if bad:
        return "error"
    shown = phases.get("call", phases["setup"])
    if "wasxfail" in shown:
        return {"skipped": "xfailed", "passed": "xpassed"}[shown["outcome"]]
    if phases["setup"]["outcome"] == "skipped":
        return "skipped"
    return shown["outcome"]


def read_reportlog(name: str) -> dict:
    tests: dict[str, list[dict]] = defaultdict(list)
    for line in read_text(f"{name}.reportlog.jsonl").splitlines():
        record = json.loads(line)
        if record["$report_type"] == "TestReport":
            tests[record["nodeid"]].append(record)
    spans = []
    outcomes: dict[str, list[str]] = {}
    for test, records in tests.items():
        attempts = attempts_of(records)
        outcomes[test] = [outcome_of(a) for a in attempts]
        for number, attempt in enumerate(attempts, start=1):
            spans.append({
                "test": test, "attempt": number, "worker": attempt[0].get("worker_id", "main"),
                "start": min(r["start"] for r in attempt), "stop": max(r["stop"] for r in attempt),
                "busy": sum(r["duration"] for r in attempt), "phases": {r["when"]: r["duration"] for r in attempt},
            })
    final = Counter(o[-1] for o in outcomes.values())
    first, last = min(s["start"] for s in spans), max(s["stop"] for s in spans)
    longest = max(spans, key=lambda s: s["busy"])
    ends = max(spans, key=lambda s: s["stop"])
    workers = defaultdict(list)
    for span in spans:
        workers[span["worker"]].append(span)
    per_worker = {
        worker: {
            "tests": len({s["test"] for s in mine}), "attempts": len(mine), "busy_s": round(sum(s["busy"] for s in mine), 3),
            "first_start_after_s": round(min(s["start"] for s in mine) - first, 3), "last_stop_after_s": round(max(s["stop"] for s in mine) - first, 3),
        }
        for worker, mine in sorted(workers.items())
    }
    busy = sum(s["busy"] for s in spans)
    wall = last - first
    phases = Counter()
    for span in spans:
        phases.update(span["phases"])
    return {
        "tests": len(tests), "attempts": len(spans),
        "passed": final["passed"], "failed": final["failed"], "errors": final["error"],
        "skipped": final["skipped"], "xfailed": final["xfailed"], "xpassed": final["xpassed"],
        "flaky": sum(o[-1] == "passed" and bool(FAILING & set(o[:-1])) for o in outcomes.values()),
        "workers": len(workers), "wall_s": round(wall, 3), "busy_s": round(busy, 3),
        "busy_by_clock_s": round(sum(s["stop"] - s["start"] for s in spans), 3),  # setup's start to teardown's stop
        "parallelism": round(busy / wall, 3), "utilisation": round(busy / wall / len(workers), 3),
        "lower_bound_s": round(max(busy / len(workers), longest["busy"]), 3),
        "longest": {"test": longest["test"], "seconds": round(longest["busy"], 3)},
        "alone_at_the_end_s": round(last - sorted(max(s["stop"] for s in mine) for mine in workers.values())[-2], 3) if len(workers) > 1 else None,
        "last_to_finish": {"test": ends["test"], "started_after_s": round(ends["start"] - first, 3), "worker": ends["worker"]},
        "tail_s": round(sum(last - max(s["stop"] for s in mine) for mine in workers.values()), 3),
        "phases_s": {when: round(phases[when], 3) for when in ("setup", "call", "teardown")},
        "not_passed": {t: o for t, o in sorted(outcomes.items()) if FAILING & set(o)},
        "per_worker": per_worker,
        "_first": first, "_last": last, "_worker_of": {s["test"]: s["worker"] for s in spans},
        "_busy_of": {t: sum(s["busy"] for s in spans if s["test"] == t) for t in tests},
        "_starts": {(s["test"], s["attempt"]): s["start"] for s in spans},
    }


def read_log(name: str) -> dict:
    lines = [line.split(" ", 1) for line in read_text(f"{name}.log").splitlines()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", line[0]) for line in lines), "a line without its time"
    finished, workers = defaultdict(list), {}
    for _, text in ((line[0], ANSI.sub("", line[1])) for line in lines if len(line) > 1):
        if match := FINISH.match(text):
            test = match["id"] or match["id2"]
            finished[test].append(match["word"] or match["word2"])
            workers[test] = match["worker"] or "main"
    summary = ANSI.sub("", lines[-1][1])
    counts = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", summary.split(" in ")[0])}
    return {"finished": finished, "workers": workers, "counts": counts, "session_s": float(re.search(r"in ([\d.]+)s", summary)[1]), "summary": summary.strip("= ")}


def figures(name: str) -> dict:
    run = read_reportlog(name)
    suite = ET.parse(DEMO / f"{name}.junit.xml").getroot().find("testsuite")
    log = read_log(name)
    cases = {(c.get("classname"), c.get("name")) for c in suite.iter("testcase")}
    # The three files tell the same story.
    assert len(cases) == run["tests"], (len(cases), run["tests"])
    assert set(log["finished"]) == set(run["_worker_of"]), set(log["finished"]) ^ set(run["_worker_of"])
    assert log["workers"] == run["_worker_of"]
    teardown_errors = sum(1 for words in log["finished"].values() if words[-1] == "ERROR" and "PASSED" in words)
    counts = log["counts"]
    assert counts["failed"] == run["failed"] and counts["errors"] == run["errors"], counts
    assert (counts["skipped"], counts["xfailed"], counts["xpassed"]) == (run["skipped"], run["xfailed"], run["xpassed"])
    assert counts["rerun"] == run["attempts"] - run["tests"], counts
    run["session_s"] = float(suite.get("time"))
    run["session_log_s"] = log["session_s"]
    began = datetime.fromisoformat(suite.get("timestamp")).timestamp()
    run["first_start_after_session_start_s"] = round(run["_first"] - began, 3)
    run["after_s"] = round(began + run["session_s"] - run["_last"], 3)
    run["summary_line"] = log["summary"]
    run["teardown_errors_after_a_pass"] = teardown_errors
    return run


def main() -> int:
    runs = {name: figures(name) for name in ("parallel", "sequential")}
    fast, slow = runs["parallel"], runs["sequential"]
    assert {t: o[-1] for t, o in fast["not_passed"].items()} == {t: o[-1] for t, o in slow["not_passed"].items()}, "the runs disagree about failures"
    shared = fast["_busy_of"].keys() & slow["_busy_of"].keys()
    baseline = {
        "speedup": round(slow["wall_s"] / fast["wall_s"], 3),
        "session_speedup": round(slow["session_s"] / fast["session_s"], 3),
        "efficiency": round(slow["wall_s"] / fast["wall_s"] / fast["workers"], 3),
        "contention": round(sum(fast["_busy_of"][t] for t in shared) / sum(slow["_busy_of"][t] for t in shared), 3),
    }
    expected = {
        "note": "written by figures.py from public/demo; times in seconds; session_s is JUnit's, session_log_s the log's",
        "runs": {name: {k: v for k, v in run.items() if not k.startswith("_")} for name, run in runs.items()},
        "baseline": baseline,
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, run in expected["runs"].items():
        print(f"\n{name}: {run['summary_line']}")
        for key, value in run.items():
            if not isinstance(value, dict) or key in ("longest", "last_to_finish", "phases_s"):
                print(f"  {key:<34}{value}")
    print("\nbaseline", baseline)
    files = sorted(DEMO.iterdir())
    for file in files:
        print(f"{file.stat().st_size:>9,}  {file.name}")
    total = sum(f.stat().st_size for f in files)
    print(f"{total:>9,}  in all")
    return 0 if total < 1_000_000 else 1


if __name__ == "__main__":
    sys.exit(main())
