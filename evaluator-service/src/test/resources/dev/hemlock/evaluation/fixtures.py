"""Records what scikit-learn and SciPy give, for the Java tests to agree with.

    pip install scikit-learn==1.9.1 scipy==1.17.1 && python fixtures.py

Writes classification.json and intervals.json beside this file.
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.special import log_softmax, softmax
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
)

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20240501)


def calibration_error(truth, logits, bins=15):
    """Guo et al. 2017, equation 3; bin m takes confidences in ((m - 1) / bins, m / bins]."""
    probabilities = softmax(logits.astype(np.float64), axis=1)
    confidence = probabilities.max(axis=1)
    right = logits.argmax(axis=1) == truth
    member = np.digitize(confidence, np.linspace(0, 1, bins + 1), right=True)
    gaps = (
        abs(right[member == m].mean() - confidence[member == m].mean()) * (member == m).mean()
        for m in np.unique(member)
    )
    return float(sum(gaps))


def classification(name, truth, logits):
    """One case; logits are rounded to float32 so that both sides see the same numbers."""
    logits = np.round(logits, 3).astype(np.float32)
    classes = logits.shape[1]
    labels = list(range(classes))
    rows = np.arange(len(truth))
    predicted = logits.argmax(axis=1)
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    return {
        "name": name,
        "classes": classes,
        "truth": np.asarray(truth).tolist(),
        "logits": [round(float(v), 3) for v in logits.ravel()],
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "loss": -log_softmax(logits.astype(np.float64), axis=1)[rows, truth].mean(),
        "calibration_error": calibration_error(truth, logits),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
    }


def noisy(truth, classes, strength):
    logits = RNG.normal(size=(len(truth), classes))
    logits[np.arange(len(truth)), truth] += strength
    return logits


def classification_cases():
    ten = RNG.integers(0, 10, 120)
    three = RNG.integers(0, 3, 40)
    absent = RNG.choice([0, 2, 3], 40)
    never = noisy(three, 3, 1.0)
    never[:, 1] -= 50
    return [
        classification("ten classes", ten, noisy(ten, 10, 1.5)),
        classification("two classes", RNG.integers(0, 2, 30), RNG.normal(size=(30, 2))),
        classification("a class never predicted", three, never),
        classification("a class without samples", absent, noisy(absent, 4, 0.5)),
        classification("all right", three, noisy(three, 3, 30.0)),
        classification("all wrong", np.zeros(10, int), noisy(np.ones(10, int), 3, 30.0)),
    ]


def interval(values):
    values = np.asarray(values)
    low, high = stats.t.interval(
        0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values)
    )
    return {
        "values": values.tolist(),
        "mean": float(values.mean()),
        "low": float(low),
        "high": float(high),
    }


def main():
    versions = {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__}
    documents = {
        "classification.json": {"versions": versions, "cases": classification_cases()},
        "intervals.json": {
            "versions": versions,
            "cases": [
                interval(np.round(RNG.normal(0.1, 0.05, n), 4)) for n in (2, 3, 5, 10, 30, 200)
            ],
            "quantiles": {str(df): stats.t.ppf(0.975, df) for df in (1, 2, 4, 9, 29, 199, 999)},
        },
    }
    for name, document in documents.items():
        (HERE / name).write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
