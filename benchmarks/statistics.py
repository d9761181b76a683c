"""Speed of pooling, beside R's metafor on the same numbers; writes statistics.md beside this file.

    python benchmarks/statistics.py

Times are CPU seconds, so that a busy machine matters less, and medians of several runs; ratios are of one run. Without
R and metafor their columns stay empty. The 10,000 analyses are simulated; metafor does a sample of them, and its time
is multiplied up. Everything a line names is computed on both sides, with metafor's default settings of convergence.
"""

import sys

sys.path.append(sys.path.pop(0))  # this file is not Python's module of its name

import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).with_suffix(".md")
ANALYSES, STUDIES = 10_000, 20
#: Of these metafor does so many.
SAMPLE = 60
#: A line is measured so often; its median counts.
RUNS = 7

METAFOR = {"common": "FE", "dl": "DL", "he": "HE", "hs": "HS", "sj": "SJ", "pm": "PM", "ml": "ML", "reml": "REML"}

R_SCRIPT = """
suppressMessages({library(metafor); library(jsonlite)})
d <- fromJSON(commandArgs(TRUE)[1])
everything <- function(y, v, method) suppressWarnings({
  found <- try(rma(y, v, method = method, test = "knha"), silent = TRUE)
  if (!inherits(found, "try-error") && method != "FE") { predict(found); confint(found) }
})
cpu <- function(code, runs) median(sapply(seq_len(runs), function(i) {
  start <- proc.time(); code(); sum((proc.time() - start)[c("user.self", "sys.self")]) }))
many <- lapply(d$methods, function(m) {
  start <- proc.time()
  for (i in seq_len(ncol(d$Y))) everything(d$Y[, i], d$V[, i], m)
  sum((proc.time() - start)[c("user.self", "sys.self")]) / ncol(d$Y)
})
one <- lapply(d$methods, function(m) cpu(function() for (i in 1:10) everything(d$y10, d$v10, m), 5) / 10)
fit <- rma(d$y33, d$v33, method = "REML", test = "knha")
sensitivity <- cpu(function() suppressWarnings({leave1out(fit); influence(fit)}), 3)
write(toJSON(list(version = as.character(packageVersion("metafor")), R = as.character(getRversion()),
  many = many, one = one, sensitivity = sensitivity),
  auto_unbox = TRUE, digits = NA), d$out)
"""


def simulated(k: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances of m analyses of k studies, seven in ten of them heterogeneous."""
    random = np.random.default_rng(seed)
    V = random.uniform(0.01, 0.3, (k, m))
    return random.normal(0.2, np.sqrt(V + 0.05 * (random.random(m) < 0.7))), V


def cpu(work: Callable[[], object], runs: int = RUNS, times: int = 1) -> float:
    """CPU seconds of one call; median of runs, after one to warm up."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        for _ in range(times):
            work()
        seconds.append((time.process_time() - start) / times)
    return statistics.median(seconds)


def network_of(treatments: int, trials: int, seed: int) -> dict:
    """Two-arm trials of a connected network: a tree through all treatments, the rest by chance."""
    random = np.random.default_rng(seed)
    pairs = [(int(random.integers(0, i)), i) for i in range(1, treatments)]
    while len(pairs) < trials:
        a, b = sorted(int(i) for i in random.choice(treatments, 2, replace=False))
        pairs.append((a, b))
    v = random.uniform(0.02, 0.3, trials)
    truth = random.normal(0, 0.4, treatments)
    y = [truth[a] - truth[b] + random.normal(0, np.sqrt(vi + 0.05)) for (a, b), vi in zip(pairs, v, strict=True)]
    return {
        "studies": [f"trial {i}" for i in range(trials)],
        "treat_a": [f"drug {a:02}" for a, _ in pairs],
        "treat_b": [f"drug {b:02}" for _, b in pairs],
        "y": y,
        "v": v.tolist(),
    }


def import_seconds() -> float:
    """Wall seconds of `import evidence` in a fresh process, less those of starting Python."""

    def wall(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
        return time.perf_counter() - start

    return statistics.median(wall("import evidence") - wall("pass") for _ in range(RUNS))


def of_metafor(data: dict) -> dict | None:
    """What R measures; None without R and its packages."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        given, made, script = Path(folder) / "in.json", Path(folder) / "out.json", Path(folder) / "time.R"
        given.write_text(json.dumps(data | {"out": str(made)}), encoding="utf-8")
        script.write_text(R_SCRIPT, encoding="utf-8")
        done = subprocess.run(["Rscript", str(script), str(given)], capture_output=True, text=True)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return None
        return json.loads(made.read_text(encoding="utf-8"))


def main() -> None:
    from evidence import synthesise
    from evidence.synthesise import influence, pool, pool_many

    Y, V = simulated(STUDIES, ANALYSES, 1)
    y10, v10 = (a[:, 0] for a in simulated(10, 1, 2))
    y33, v33 = (a[:, 0] for a in simulated(33, 1, 3))
    many = {m: cpu(lambda m=m: pool_many(Y, V, method=m)) for m in METAFOR}
    one = {m: cpu(lambda m=m: pool(y10, v10, method=m), times=50) for m in METAFOR}
    sensitivity = cpu(lambda: influence(y33, v33), times=5)
    loading = import_seconds()
    r = of_metafor(
        {
            "Y": Y[:, :SAMPLE].tolist(), "V": V[:, :SAMPLE].tolist(), "y10": y10.tolist(), "v10": v10.tolist(),
            "y33": y33.tolist(), "v33": v33.tolist(), "methods": METAFOR,
        }
    )  # fmt: skip

    targets = {"common": (0.2, 500), "dl": (0.2, 500), "he": (0.2, 500), "pm": (0.3, 400), "sj": (0.3, 400)}
    targets |= {"hs": (0.3, 400), "reml": (0.7, 200)}
    rows = []

    def row(task: str, seconds: float, theirs: float | None, most: float | None, least: int | None, unit: str) -> None:
        factor = {"s": 1, "ms": 1000}[unit]
        ratio = f"{theirs / seconds:,.{0 if theirs > 20 * seconds else 1}f}" if theirs else ""
        digits = 2 if unit == "s" else 1
        rows.append(
            f"| {task} | {seconds * factor:.{digits}f} {unit} | {f'{most:g} {unit}' if most else ''} | "
            f"{f'{theirs * factor:,.1f} {unit}' if theirs else ''} | {ratio} | {least or ''} |"
        )

    for method, seconds in many.items():
        most, least = targets.get(method, (None, None))
        theirs = r["many"][method] * ANALYSES if r else None
        row(f"{ANALYSES:,} analyses of k = {STUDIES}, {METAFOR[method]}", seconds, theirs, most, least, "s")
    for method, most, least in (("reml", 6.0, 3), ("dl", 2.5, 7), ("pm", 2.5, 7)):
        theirs = r["one"][method] if r else None
        row(f"one analysis, k = 10, {METAFOR[method]}", one[method], theirs, most, least, "ms")
    theirs = r["sensitivity"] if r else None
    if hasattr(synthesise, "network"):
        for treatments, trials, most in ((10, 26, 20.0), (22, 93, 60.0)):
            given = network_of(treatments, trials, treatments)
            seconds = cpu(
                lambda given=given: synthesise.network(**given, reference="drug 00", effects="random"), times=5
            )
            row(f"network, {treatments} treatments, {trials} trials", seconds, None, most, 300, "ms")
    row("leave one out and influence, k = 33, REML", sensitivity, theirs, 20.0, 40, "ms")
    row("`import evidence` (wall)", loading, None, 0.3, None, "s")

    lines = [
        "# Speed of the statistics",
        "",
        "Written by `benchmarks/statistics.py`. CPU time, medians; times of another day or machine do not compare,",
        "ratios of one run do. Every analysis has estimate, Hartung-Knapp interval, prediction interval, Q, I² and,",
        "unless the effect is common, the Q-profile interval of tau²; ours has likelihood and limits of I² too.",
        f"metafor did {SAMPLE} of the {ANALYSES:,} analyses, and its time was multiplied up.",
        "",
        "| task | evidence | at most | metafor | times | at least |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pymare"))
        + (f"; R {r['R']}, metafor {r['version']}." if r else "; R with metafor was not there.")
        + f" {platform.machine()}, {os.cpu_count()} processors.",
        "The first estimate by DL, HE, ML or REML in a process loads PyMARE, 3 to 4 s; the others do not need it.",
        "R's netmeta is not in Debian and was not there, so networks have nothing beside them.",
    ]
    REPORT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
