#!/usr/bin/env python3
"""Records the demo: runs demo/suite with 10 workers and then sequentially, and files the reports.

    python3 demo/make_demo.py                   # both runs, about three minutes
    python3 demo/make_demo.py --only parallel
    python3 demo/make_demo.py --max-load 0.8    # wait until the machine is quiet

The suite is copied to a neutral folder and run there in a virtual environment of its own,
so that no path of this machine gets into the reports. The reports are what the tools wrote;
two things only are done to them: each line of the console log gets the time at which it
arrived, in the way CI services write it, and a reportlog of more than 300 KB is gzipped.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "public" / "demo"
SEED = "593"
COMMON = ["-v", "--reruns", "2", "--color=yes"]
RUNS = {"parallel": ["-n", "10", "--dist", "worksteal", "--benchmark-disable"], "sequential": []}
GZIP_ABOVE = 300_000


def prepare(work: Path, python: str) -> Path:
    """A copy of the suite and a virtual environment with the pinned versions."""
    venv = work / ".venv"
    if not (venv / "bin" / "pytest").exists():
        print(f"creating {venv}")
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
    for name in ("src", "tests"):
        shutil.rmtree(work / name, ignore_errors=True)
        shutil.copytree(HERE / "suite" / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "suite" / "pyproject.toml", work)
    return venv / "bin" / "python"


def environment(work: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(work),
        "LANG": "C.UTF-8",
        "COLUMNS": "120",
        "CI": "true",  # pytest prints whole diffs and messages
        "PYTHONUNBUFFERED": "1",
        "FERRYBOOK_SEED": SEED,
    }


def stamp(nanoseconds: int) -> str:
    """`2026-11-23T01:27:33.8116040Z`: UTC, in steps of 100 ns."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 100:07d}Z"


def wait_for_quiet(max_load: float) -> None:
    end = time.monotonic() + 600
    while os.getloadavg()[0] > max_load and time.monotonic() < end:
        print(f"load {os.getloadavg()[0]:.2f}, waiting for {max_load}", flush=True)
        time.sleep(10)


def other_cpu() -> tuple[float, float]:
    """Seconds that all cores were busy, and seconds of this program's finished children."""
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    busy = sum(ticks[:3] + ticks[5:8]) / os.sysconf("SC_CLK_TCK")
    times = os.times()
    return busy, times.children_user + times.children_system


def record(name: str, python: Path, work: Path) -> dict:
    files = {"log": f"{name}.log", "junit": f"{name}.junit.xml", "reportlog": f"{name}.reportlog.jsonl"}
    command = ["python", "-m", "pytest", *COMMON, *RUNS[name], f"--junitxml={files['junit']}", f"--report-log={files['reportlog']}"]
    print("$ " + " ".join(command), flush=True)
    load, before, started = os.getloadavg()[0], other_cpu(), time.time()
    with subprocess.Popen(
        [python, *command[1:]], cwd=work, env=environment(work), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process, (work / files["log"]).open("w", encoding="utf-8", newline="\n") as log:
        for line in process.stdout:
            log.write(f"{stamp(time.time_ns())} {line.decode('utf-8', 'replace').rstrip(chr(10))}\n")
    wall, after = time.time() - started, other_cpu()
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob(f"{name}.*"):
        old.unlink()
    for file in files.values():
        data = (work / file).read_bytes()
        if file.endswith(".jsonl") and len(data) > GZIP_ABOVE:
            (OUT / f"{file}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        else:
            (OUT / file).write_bytes(data)
    others = (after[0] - before[0]) - (after[1] - before[1])
    return {
        "command": " ".join(command),
        "exit_code": process.returncode,
        "started_at": datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
        "outer_wall_s": round(wall, 2),
        "load_before": round(load, 2),
        "cores_busy_with_other_work": round(others / wall, 2),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", type=Path, default=Path("/tmp/ferrybook"), help="neutral folder to run in")
    options.add_argument("--python", default="/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable)
    options.add_argument("--only", choices=sorted(RUNS))
    options.add_argument("--max-load", type=float, help="wait until the load of the last minute is below")
    given = options.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    python = prepare(given.work, given.python)
    # Compiles the modules, so that the recorded run does not pay for it.
    subprocess.run([python, "-m", "pytest", "--collect-only", "-qq", "--no-cov"], cwd=given.work, env=environment(given.work), check=True, stdout=subprocess.DEVNULL)
    notes = HERE / "recorded.json"
    known = json.loads(notes.read_text()) if notes.exists() else {"runs": {}}
    for name in [given.only] if given.only else RUNS:
        if given.max_load:
            wait_for_quiet(given.max_load)
        known["runs"][name] = record(name, python, given.work)
        print(json.dumps(known["runs"][name], indent=1))
    freeze = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout.split()
    version = subprocess.run([python, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    known |= {"python": version, "packages": freeze, "cores": os.cpu_count(), "system": platform.system(), "seed": SEED}
    notes.write_text(json.dumps(known, indent=1) + "\n")
    if not all((OUT / f"{name}.log").exists() for name in RUNS):
        return 0
    return subprocess.run([sys.executable, HERE / "figures.py"]).returncode


if __name__ == "__main__":
    raise SystemExit(main())
