"""Compares Hemlock with the script that a user would write instead; see docs/performance.md."""
import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import ratios
from sides import HERE, Hemlock, Side, hemlock, worker

TRAIN_BATCH = 128
FLOP_AN_IMAGE = 3.33e9
SWEEP_RATIOS = "0.2,0.4,0.6,0.8,1.0"
SWEEP_SEEDS = "1,2,3"
VARIANTS = 20
SUBSET = {"train": 40, "test": 20}


class Bench:
    def __init__(self, options, scratch):
        self.quick, self.threads, self.archive = options.quick, options.threads, options.archive
        self.scratch = scratch
        self.start = time.monotonic()
        self.rows = []
        self.facts = {}
        self.images = scratch / "images"
        self.subset = scratch / "subset.tar.gz"
        self.data = scratch / "data-0"
        self.snapshot = scratch / "snapshot.json"

    # Preparation

    def unpack(self):
        """The archive as a folder, and a small share of it as a folder and as an archive."""
        self.images.mkdir()
        subprocess.run(["tar", "-xf", self.archive, "-C", self.images], check=True)
        folder = self.scratch / "subset"
        for split, count in SUBSET.items():
            for label in (self.images / split).iterdir():
                target = folder / split / label.name
                target.mkdir(parents=True)
                for image in sorted(label.iterdir())[:count]:
                    shutil.copy(image, target)
        with tarfile.open(self.subset, "w:gz") as archive:
            for split in sorted(folder.iterdir()):
                archive.add(split, split.name)

    def import_all(self):
        if not self.snapshot.exists():
            with self.up(self.data) as up:
                self.snapshot.write_text(up("import", "--archive", self.archive, "--json"))

    def prepare(self, up, architectures):
        """A run of each architecture, which says how to train it."""
        small = json.loads(up("import", "--archive", self.subset, "--limit-per-class", "10",
                              "--json"))["name"]
        for architecture in architectures:
            run = json.loads(up("train", "--snapshot", small, "--recipe", architecture,
                                "--epochs", "1", "--json"))
            run["spec"]["recipe"]["epochs"] = 10_000
            for precision in ("fp32", "bf16"):
                run["spec"]["recipe"]["precision"] = "PRECISION_" + precision.upper()
                self.run_file(architecture, precision).write_text(json.dumps(run))
            self.facts["processor"] = run["environment"]["processor"]
            self.facts["hemlock"] = run["environment"]["hemlockVersion"]

    def run_file(self, architecture, precision):
        return self.scratch / f"{architecture}-{precision}.json"

    def up(self, data):
        return Hemlock(data, self.scratch / f"{data.name}.log")

    # Sides

    def ours(self, task, architecture, precision, threads=None, count=1):
        return worker(task, self.data, self.snapshot, self.run_file(architecture, precision),
                      self.log("ours"), threads or self.threads, count)

    def theirs(self, task, architecture, version, precision, threads=None, count=1):
        return Side([sys.executable, "script.py", task, self.data, self.snapshot, architecture,
                     version, precision, threads or self.threads, count], self.log(version))

    def log(self, name):
        return tempfile.mkstemp(suffix=".log", prefix=name + "-", dir=self.scratch)[1]

    # Rows

    def pairs(self, full=20):
        return 10 if self.quick else full

    def row(self, name, goal, values, ours, theirs, unit, lower_is_better=False, versus=""):
        median, low, high = ratios.median_interval(values)
        worst = high if lower_is_better else low
        reached = None if goal is None else (worst <= goal if lower_is_better else worst >= goal)
        sign = "" if goal is None else "≤" if lower_is_better else "≥"
        self.rows.append({
            "row": name, "versus": versus, "goal": goal and f"{sign} {goal}", "median": median,
            "low": low, "high": high, "pairs": len(values), "reached": reached, "ours": ours,
            "theirs": theirs, "unit": unit, "ratios": values})
        print(f"{self.seconds():4} s  {text(self.rows[-1])}", file=sys.stderr, flush=True)

    def seconds(self):
        return round(time.monotonic() - self.start)

    def train_rows(self):
        names = ("ours fp32", "P0", "P1 fp32", "ours bf16", "P1 bf16")
        sides = {
            "ours fp32": self.ours("train", "resnet18", "fp32"),
            "P0": self.theirs("train", "resnet18", "plain", "fp32"),
            "P1 fp32": self.theirs("train", "resnet18", "tuned", "fp32"),
            "ours bf16": self.ours("train", "resnet18", "bf16"),
            "P1 bf16": self.theirs("train", "resnet18", "tuned", "bf16"),
        }
        steps = dict.fromkeys(names, 1 if self.quick else 3)
        times = interleave(sides, steps, self.pairs())
        speed = {name: TRAIN_BATCH / ratios.median(times[name]) for name in names}
        for name, goal, our, their, versus in (
                ("training, fp32", 1.4, "ours fp32", "P0", "P0"),
                ("training, fp32", 1.0, "ours fp32", "P1 fp32", "P1"),
                ("training, bf16", 2.5, "ours bf16", "P0", "P0 fp32"),
                ("training, bf16", 1.0, "ours bf16", "P1 bf16", "P1 bf16")):
            self.row(name, goal, divide(times[their], times[our]), speed[our], speed[their],
                     "images/s", versus=versus)
        for precision in ("fp32", "bf16"):
            side = f"ours {precision}"
            shares = [1 - inside / total for total, inside in zip(times[side], times[side + " inside"])]
            self.row(f"Java's share of a step, {precision}", 0.02, shares, ratios.median(shares), None,
                     "share", lower_is_better=True)
            share = speed[side] * FLOP_AN_IMAGE / 1e9
            self.facts[f"reached {precision} GFLOP/s"] = round(share)
        ours, theirs = sides["ours fp32"].peak_bytes(), sides["P0"].peak_bytes()
        self.row("peak memory", 1.0, [ours / theirs], ours / 1e6, theirs / 1e6, "MB",
                 lower_is_better=True, versus="P0")
        close(sides)

    def evaluate_rows(self):
        sides = {"ours": self.ours("evaluate", "resnet18", "fp32"),
                 "P1": self.theirs("evaluate", "resnet18", "tuned", "fp32")}
        times = interleave(sides, dict.fromkeys(sides, 1 if self.quick else 3), self.pairs())
        self.row("evaluation", 1.0, divide(times["P1"], times["ours"]),
                 256 / ratios.median(times["ours"]), 256 / ratios.median(times["P1"]), "images/s",
                 versus="P1")
        close(sides)

    def thread_rows(self):
        for architecture, precision, steps in (("smallcnn", "fp32", 20), ("resnet18", "fp32", 1)):
            sides = {"two": self.ours("train", architecture, precision, 1, 2),
                     "one": self.ours("train", architecture, precision, 2, 1),
                     "P1 two": self.theirs("train", architecture, "tuned", precision, 1, 2),
                     "P1 one": self.theirs("train", architecture, "tuned", precision, 2, 1)}
            times = interleave(sides, dict.fromkeys(sides, steps), self.pairs())
            for label, prefix in (("Hemlock", ""), ("P1", "P1 ")):
                two, one = times[prefix + "two"], times[prefix + "one"]
                self.row(f"2 trainings × 1 thread, {architecture}, {label}", None,
                         [2 * b / a for a, b in zip(two, one)],
                         2 * TRAIN_BATCH / ratios.median(two), TRAIN_BATCH / ratios.median(one),
                         "images/s", versus="1 × 2 threads")
            close(sides)

    def import_row(self):
        pairs = 2 if self.quick else 10
        ours, theirs = [], []
        with Side([sys.executable, "read_folder.py", self.images], self.log("folder")) as folder:
            for pair in range(pairs):
                for side in ("ours", "theirs") if pair % 2 else ("theirs", "ours"):
                    if side == "theirs":
                        theirs += folder.take(1)
                    else:
                        ours.append(self.timed_import(self.scratch / f"data-{pair}"))
        self.row("import of 60,000 images", 1.5, divide(theirs, ours), 60_000 / ratios.median(ours),
                 60_000 / ratios.median(theirs), "images/s", versus="ImageFolder")

    def timed_import(self, data):
        with self.up(data) as up:
            start = time.perf_counter()
            printed = up("import", "--archive", self.archive, "--json")
            seconds = time.perf_counter() - start
        if data == self.data:
            self.snapshot.write_text(printed)
        else:
            shutil.rmtree(data)
        return seconds

    def storage_row(self, up):
        store = self.data / "store"
        before = size(store)
        name = json.loads(self.snapshot.read_text())["name"]

        def poison(seed):
            up("poison", "--snapshot", name, "--source", "automobile", "--target", "truck",
               "--ratio", "0.4", "--seed", seed)

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(poison, range(VARIANTS)))
        after = size(store)
        self.row(f"bytes stored, {VARIANTS} poisoned variants", 1.02, [after / before], after / 1e6,
                 before / 1e6, "MB", lower_is_better=True, versus="one clean")

    def sweep_row(self):
        ours, theirs = [], []
        architecture, epochs, pairs = ("smallcnn", 3, 2) if self.quick else ("resnet18", 2, 3)
        for pair in range(pairs):
            for side in ("ours", "theirs") if pair % 2 else ("theirs", "ours"):
                start = time.perf_counter()
                if side == "ours":
                    hemlock("measure", "--archive", self.subset, "--source", "automobile", "--target",
                            "truck", "--ratio", SWEEP_RATIOS, "--seeds", SWEEP_SEEDS, "--recipe",
                            architecture, "--epochs", epochs, "--data-dir",
                            self.scratch / f"sweep-{pair}", "--out", self.scratch / "report")
                    ours.append(time.perf_counter() - start)
                else:
                    subprocess.run([sys.executable, HERE / "plain_sweep.py", self.scratch / "subset",
                                    architecture, str(epochs), SWEEP_RATIOS, SWEEP_SEEDS,
                                    str(self.threads), self.scratch / "sweep.json"], check=True)
                    theirs.append(time.perf_counter() - start)
        self.row(f"sweep of 5 ratios × 3 seeds, {architecture}", 1.6, divide(theirs, ours),
                 ratios.median(ours), ratios.median(theirs), "s", versus="plain script")

    def peak(self):
        printed = subprocess.run([sys.executable, HERE / "peak.py", str(self.threads)],
                                 capture_output=True, text=True, check=True).stdout
        for precision, gflops in json.loads(printed).items():
            self.facts[f"peak {precision} GFLOP/s"] = round(gflops)

    def describe(self):
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE,
                                capture_output=True, text=True).stdout.strip()
        self.facts.update({
            "date": datetime.date.today().isoformat(), "commit": commit,
            "peer": f"PyTorch {version('torch')}, torchvision {version('torchvision')}",
            "threads": self.threads, "cores": os.cpu_count(), "quick": self.quick})


def interleave(sides, steps, pairs):
    """Seconds a step, a figure a round; a round goes through the sides and back again."""
    times = {}
    for name, side in sides.items():
        side.take(max(2, steps[name]))
    for _ in range(pairs):
        sums = {}
        for name in [*sides, *reversed(sides)]:
            for label, seconds in zip((name, name + " inside"), sides[name].take(steps[name])):
                sums[label] = sums.get(label, 0) + seconds / (2 * steps[name])
        for label, seconds in sums.items():
            times.setdefault(label, []).append(seconds)
    return times


def close(sides):
    for side in sides.values():
        side.close()


def divide(numerators, denominators):
    return [n / d for n, d in zip(numerators, denominators)]


def size(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def number(value):
    return "" if value is None else f"{value:.4f}" if abs(value) < 0.1 else f"{value:,.1f}"


def cells(row):
    interval = f"{row['low']:.3f} to {row['high']:.3f}" if row["pairs"] > 1 else ""
    reached = {None: "", True: "yes", False: "no"}[row["reached"]]
    return [row["row"], row["versus"], row["goal"] or "", f"{row['median']:.3f}", interval,
            str(row["pairs"]), number(row["ours"]), number(row["theirs"]), row["unit"], reached]


HEADER = ["", "against", "goal", "median", "95 % interval", "pairs", "Hemlock", "other", "", "reached"]


def text(row):
    return "  ".join(cell.ljust(width) for cell, width in
                     zip(cells(row), (46, 14, 7, 7, 16, 3, 9, 9, 9, 3)))


def markdown(bench):
    lines = ["; ".join(f"{name} {value}" for name, value in bench.facts.items()), ""]
    lines += ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in bench.rows]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    groups = ("import", "storage", "train", "evaluate", "sweep", "threads")
    parser.add_argument("--quick", action="store_true", help="10 minutes on 2 idle cores")
    parser.add_argument("--rows", help=f"of {','.join(groups)} (default: all; without threads if --quick)")
    parser.add_argument("--archive", type=Path, required=True, help="CIFAR-10 as a folder archive")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side (default: 2)")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args()
    default = groups[:-1] if options.quick else groups
    rows = options.rows.split(",") if options.rows else default
    unknown = set(rows) - set(groups)
    if unknown:
        parser.error(f"no rows {', '.join(unknown)}; choose from {', '.join(groups)}")
    ratios.check()
    with tempfile.TemporaryDirectory(prefix="hemlock-bench-") as scratch:
        bench = Bench(options, Path(scratch))
        bench.describe()
        bench.unpack()
        if "import" in rows:
            bench.import_row()
        bench.import_all()
        with bench.up(bench.data) as up:
            if "storage" in rows:
                bench.storage_row(up)
            bench.prepare(up, ("resnet18", "smallcnn") if "threads" in rows else ("resnet18",))
        if "train" in rows:
            bench.peak()
            bench.train_rows()
        if "evaluate" in rows:
            bench.evaluate_rows()
        if "sweep" in rows:
            bench.sweep_row()
        if "threads" in rows:
            bench.thread_rows()
    bench.facts["took"] = f"{bench.seconds()} s"
    if options.out:
        options.out.write_text(json.dumps({**bench.facts, "rows": bench.rows}, indent=1))
    if options.markdown:
        print(markdown(bench))
    else:
        print("\n".join(f"{name}: {value}" for name, value in bench.facts.items()))
        print("\n".join(text(row) for row in bench.rows))


if __name__ == "__main__":
    main()
