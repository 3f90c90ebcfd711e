"""Trains in PyTorch what Hemlock trained, and tests whether both end alike; see README.md."""

import argparse
import json
import pathlib
import platform

import numpy as np
import scipy
from scipy import stats

ALPHA = 0.05


def percent(value):
    return f"{100 * value:.2f}"


def compare(options):
    """Adds to the results every model of a report that has no PyTorch counterpart in them yet."""
    import torch
    import torchvision

    import script

    torch.set_num_threads(options.threads)
    report = json.loads(options.report.read_text())
    results = {"models": []}
    if options.results.exists():
        results = json.loads(options.results.read_text())
    names = report["data"]["classNames"]
    results["sourceClass"] = names.index(report["spec"]["sourceClass"])
    results["targetClass"] = names.index(report["spec"]["targetClass"])
    if len(report["spec"]["recipes"]) != 1 or len(report["spec"]["budgets"]) != 1:
        raise SystemExit("give the report of one recipe and one ratio")
    recipe = results["recipe"] = report["spec"]["recipes"][0]["recipe"]
    results["versions"] = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
    }
    results["environments"] = report["host"]["environments"]
    store = script.Store(options.store)
    for pair in report["pairs"]:
        for arm in "clean", "poisoned":
            run = pair[arm]["run"]
            if any(model["run"] == run for model in results["models"]):
                continue
            found = script.train(store, pair[arm]["snapshot"], recipe, pair["seed"])
            if found.pop("streamDigest") != pair["streamDigest"]:
                raise SystemExit(f"{run}: initial weights or order are not the run's own")
            ours = {
                "confusion": [row["counts"] for row in pair[arm]["confusion"]],
                "losses": [point["loss"] for point in pair[arm]["curve"]],
                "weightsDigest": pair[arm]["weightsDigest"],
            }
            results["models"].append(
                {
                    "seed": pair["seed"],
                    "arm": arm,
                    "flips": pair["flipCount"] if arm == "poisoned" else 0,
                    "run": run,
                    "streamDigest": pair["streamDigest"],
                    "hemlock": ours,
                    "pytorch": found,
                }
            )
            options.results.write_text(text(results))
            print(run, arm, pair["seed"], "compared", flush=True)


def text(results):
    """JSON with one model a line."""
    models = ",\n  ".join(json.dumps(model) for model in results["models"])
    head = json.dumps({**results, "models": []}, indent=1)
    return head.replace('"models": []', f'"models": [\n  {models}\n ]') + "\n"


def figures(counts, source, target):
    counts = np.array(counts)
    return {
        "accuracy": np.trace(counts) / counts.sum(),
        "attack success rate": counts[source, target] / counts[source].sum(),
    }


def equivalence(differences, margin):
    """Two one-sided t tests (Schuirmann 1987): the larger p-value, and the 90 % interval."""
    low = stats.ttest_1samp(differences, -margin, alternative="greater").pvalue
    high = stats.ttest_1samp(differences, margin, alternative="less").pvalue
    interval = stats.ttest_1samp(differences, 0).confidence_interval(1 - 2 * ALPHA)
    return max(low, high), interval


def verdict(options):
    """Prints the declared tests of a results file, over its complete seeds, as a Markdown table."""
    results = json.loads(options.results.read_text())
    seeds = [{m["seed"] for m in results["models"] if m["arm"] == arm} for arm in ("clean", "poisoned")]
    complete = seeds[0] & seeds[1]
    margins = {"accuracy": options.accuracy, "attack success rate": options.success}
    equal = True
    print("| Model | Figure | Pairs | Hemlock | PyTorch | Mean difference (90 % interval) | Margin | p | Equivalent |")
    print("|---|---|---|---|---|---|---|---|---|")
    for arm in "clean", "poisoned":
        models = [m for m in results["models"] if m["arm"] == arm and m["seed"] in complete]
        for figure, margin in margins.items():
            ours, theirs = (
                np.array(
                    [
                        figures(m[side]["confusion"], results["sourceClass"], results["targetClass"])[figure]
                        for m in models
                    ]
                )
                for side in ("hemlock", "pytorch")
            )
            p, (low, high) = equivalence(ours - theirs, margin)
            equal &= bool(p < ALPHA)
            print(
                f"| {arm} | {figure} | {len(models)} | {percent(ours.mean())} % | {percent(theirs.mean())} % "
                f"| {percent((ours - theirs).mean())} points ({percent(low)} to {percent(high)}) "
                f"| ±{100 * margin:g} | {p:.2g} | {'yes' if p < ALPHA else 'not shown'} |"
            )
    print(f"\nSeeds: {', '.join(map(str, sorted(complete)))}. All four: {'equivalent' if equal else 'not shown to be equivalent'}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("compare", help=compare.__doc__)
    one.add_argument("--report", type=pathlib.Path, required=True, help="report.json of `hemlock measure`")
    one.add_argument("--store", required=True, help="folder of the tenant, DATA-DIR/store/hemlock/default")
    one.add_argument("--results", type=pathlib.Path, required=True, help="JSON file to add to")
    one.add_argument("--threads", type=int, default=1, help="PyTorch's threads (default: 1)")
    one.set_defaults(run=compare)
    two = commands.add_parser("verdict", help=verdict.__doc__)
    two.add_argument("results", type=pathlib.Path)
    two.add_argument("--accuracy", type=float, required=True, help="margin of accuracy, 0.01: 1 point")
    two.add_argument("--success", type=float, required=True, help="margin of the attack success rate")
    two.set_defaults(run=verdict)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
