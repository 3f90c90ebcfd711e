"""Compares confident learning with cleanlab on the same probabilities; see docs/detection.md.

    pip install cleanlab psutil && python detection.py --classpath CLASSPATH

CLASSPATH holds hemlock-bench and its dependencies. Both sides judge in turns, the first turn of each
is not counted, and each turn's verdicts are compared. cleanlab runs with its defaults:
`find_label_issues`, which uses every physical core, and `get_label_quality_scores`.
"""
import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

import ratios

SIZES = ((50_000, 10), (1_000_000, 10))
FLIPPED = 0.04


def data(count, classes):
    """A classifier that is right in about nine of ten samples; the share FLIPPED of one class's labels
    over all samples says that it is another."""
    random = np.random.default_rng(7)
    truth = random.integers(0, classes, count)
    logits = random.normal(0, 1.5, (count, classes))
    logits[np.arange(count), truth] += 5
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = truth.copy()
    labels[random.choice(np.flatnonzero(truth == 1), int(FLIPPED * count), replace=False)] = 9
    return labels, probabilities.astype(np.float32)


class Hemlock:
    def __init__(self, classpath, folder, labels, probabilities):
        labels.astype("<i4").tofile(folder / "labels")
        probabilities.astype("<f4").tofile(folder / "probabilities")
        self.issues = folder / "issues"
        self.process = subprocess.Popen(
            ["java", "-cp", classpath, "dev.hemlock.bench.Detection", folder / "labels",
             folder / "probabilities", str(probabilities.shape[1]), self.issues],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def judge(self):
        print(file=self.process.stdin, flush=True)
        seconds = float(self.process.stdout.readline())
        return seconds, np.fromfile(self.issues, dtype=bool)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cleanlab(labels, probabilities):
    start = time.perf_counter()
    issues = find_label_issues(labels, probabilities)
    get_label_quality_scores(labels, probabilities)
    return time.perf_counter() - start, issues


def compare(classpath, count, classes, pairs):
    labels, probabilities = data(count, classes)
    # Both sides see the same 32-bit values; cleanlab gets them at the precision that it computes in.
    wide = probabilities.astype(np.float64)
    with tempfile.TemporaryDirectory() as folder:
        hemlock = Hemlock(classpath, Path(folder), labels, probabilities)
        turns = []
        for turn in range(pairs + 1):
            sides = [hemlock.judge, lambda: cleanlab(labels, wide)]
            order = (0, 1) if turn % 2 == 0 else (1, 0)
            results = {side: sides[side]() for side in order}
            (ours, found), (theirs, expected) = results[0], results[1]
            turns.append((ours, theirs, int((found != expected).sum()), int(expected.sum())))
        hemlock.close()
    counted = turns[1:]
    middle, low, high = ratios.median_interval([theirs / ours for ours, theirs, _, _ in counted])
    return {
        "samples": count,
        "classes": classes,
        "pairs": pairs,
        "hemlock_seconds": ratios.median([turn[0] for turn in counted]),
        "cleanlab_seconds": ratios.median([turn[1] for turn in counted]),
        "ratio": middle,
        "ratio_low": low,
        "ratio_high": high,
        "issues": counted[0][3],
        "verdicts_that_differ": max(turn[2] for turn in counted),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classpath", required=True)
    parser.add_argument("--pairs", type=int, default=12)
    options = parser.parse_args()
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True)
    print(json.dumps({
        "cleanlab": version("cleanlab"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "java": java.stderr.splitlines()[0],
        "processors": os.cpu_count(),
    }))
    for count, classes in SIZES:
        print(json.dumps(compare(options.classpath, count, classes, options.pairs)), flush=True)


if __name__ == "__main__":
    main()
