"""How many flipped labels each check and detector notices; see docs/detection.md.

    python power.py --out DIR [--archive cifar10-images.tar.gz]

Starts the embedded default on data in DIR, and has every check and detector judge random parts of the
bundled digits, clean and with some labels of one class flipped to another. With --archive, an image
folder of CIFAR-10, the checks also judge parts of that, and so do the detectors that need one model.
Writes for each measurement what each check said of each data set (CSV) and the curves (HTML and JSON),
and prints tables. Run again after an interruption, it goes on.
"""
import argparse
import csv
import json
import subprocess
from pathlib import Path

from sides import HERE, ROOT, Hemlock, hemlock

RATE = 0.05
DIGITS = {"source": "1", "target": "7"}
CARS = {"source": "automobile", "target": "truck"}
BOUNDS = [{"oracle": {}}, {"randomFilter": {"share": 0.04}}]


def detectors(epochs, *names):
    recipe = {"architecture": "ARCHITECTURE_SMALLCNN", "epochs": epochs}
    return [{name: {}, "recipe": recipe, "seed": 1} for name in names]


ONE_MODEL = ("neighbourDisagreement", "activationClustering", "spectralSignature")
SEVERAL = ("confidentLearning", "areaUnderMargin", "lossRanking")

# Half of the digits has 719 samples, about 73 of them ones; the other half is the trusted reference.
# Checks need no training, so they see more data sets. 10,000 images of CIFAR-10 hold about 1,000
# automobiles, 1,000 images about 100.
MEASUREMENTS = {
    "digits": {
        "digits-checks": {
            **DIGITS, "samples": 719, "clean": 39, "repeats": 20,
            "budgets": [2, 4, 7, 15, 29, 44], "checks": True, "detectors": []},
        "digits-detectors": {
            **DIGITS, "samples": 719, "clean": 19, "repeats": 4, "budgets": [15, 29, 44],
            "checks": False, "detectors": detectors(15, *ONE_MODEL, *SEVERAL) + BOUNDS}},
    "cifar10-checks": {
        "cifar10-checks": {
            **CARS, "samples": 10_000, "clean": 19, "repeats": 8,
            "budgets": [25, 50, 100, 200, 400, 700], "checks": True, "detectors": []}},
    "cifar10-detectors": {
        "cifar10-detectors": {
            **CARS, "samples": 1_000, "clean": 19, "repeats": 5, "budgets": [20, 40, 60],
            "checks": False, "detectors": detectors(15, *ONE_MODEL) + BOUNDS}},
}


def measure(up, data, out, name, plan):
    """What every check and detector of a plan says of each data set."""
    file = out / f"{name}-plan.json"
    file.write_text(json.dumps(plan, indent=1) + "\n")
    libraries = ROOT / "deploy/standalone/target/quarkus-app/lib"
    path = f"{HERE}/target/classes:{libraries}/main/*:{libraries}/boot/*"
    rows = out / f"{name}.csv"
    subprocess.run(
        ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", path, "dev.hemlock.bench.Power",
         up.address, data, file, rows], check=True)
    with rows.open() as lines:
        return list(csv.DictReader(lines))


def curves(up, out, name, rows):
    results = out / f"{name}-results.csv"
    lines = [f"{row['check']},{row['flip_count']},{row['statistic']}" for row in rows]
    results.write_text("\n".join(["check,flip_count,statistic", *lines]) + "\n")
    answer = json.loads(hemlock(
        "detect", "power", results, "--address", up.address, "--false-alarm-rate", RATE, "--json",
        "--out", out / f"{name}-power.html"))
    results.unlink()
    (out / f"{name}-power.json").write_text(json.dumps(answer["checks"], indent=1) + "\n")
    print(f"\n{name}\n")
    print(table(answer["checks"], rows))


def table(checks, rows):
    """Markdown: caught from how many flips on, at a fixed false-alarm rate and by the own threshold."""
    head = ["Check", "Alarm above", "Caught from", "Noticed, by flipped labels",
            "Own alarms without poison", "Caught by them from"]
    lines = [head, ["---"] * len(head)]
    for check in sorted(checks, key=lambda check: check.get("smallestCaught", 10**9)):
        own = own_alarms(check["check"], rows)
        points = ", ".join(f"{point['flipCount']}: {point['alarmCount']}/{point['runCount']}"
                           for point in check["curve"])
        lines.append([check["check"], f"{check['threshold']:.4g}",
                      str(check.get("smallestCaught", "never")), points, "%d of %d" % own[0],
                      str(own_caught(own))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def own_alarms(check, rows):
    """By budget, alarms by the check's own threshold, and data sets."""
    counts = {}
    for row in rows:
        if row["check"] == check:
            alarms, runs = counts.get(int(row["flip_count"]), (0, 0))
            counts[int(row["flip_count"])] = (alarms + (row["alarm"] == "true"), runs + 1)
    return counts


def own_caught(own):
    caught = "never"
    for budget in sorted(own.keys() - {0}, reverse=True):
        alarms, runs = own[budget]
        if alarms < 0.8 * runs:
            break
        caught = budget
    return caught


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--archive", type=Path, help="CIFAR-10 as train|test/CLASS/FILE")
    parser.add_argument("--only", choices=MEASUREMENTS, action="append")
    options = parser.parse_args()
    out = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    wanted = options.only or [n for n in MEASUREMENTS if n == "digits" or options.archive]
    data = out / "data"
    with Hemlock(data, out / "hemlock.log") as up:
        for name in wanted:
            source = ["--digits"] if name == "digits" else [
                "--archive", options.archive, "--test-limit-per-class", 100]
            snapshot = json.loads(up("import", *source, "--json"))["name"]
            rows = []
            for part, plan in MEASUREMENTS[name].items():
                rows += measure(up, data, out, part, {**plan, "snapshot": snapshot})
            curves(up, out, name, rows)


if __name__ == "__main__":
    main()
