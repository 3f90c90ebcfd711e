"""Records transition matrices that NumPy reads off probabilities, for the Java tests to agree with.

    pip install numpy==2.4.6 && python transitions.py

Writes transitions.json beside this file: Patrini et al. 2017, equations 12 and 13, the largest value
replaced by a quantile as in the authors' experiments.
"""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20261128)


def transitions(probabilities, quantile):
    rows = []
    for column in range(probabilities.shape[1]):
        of_class = probabilities[:, column]
        value = np.quantile(of_class, quantile, method="higher")
        row = probabilities[np.flatnonzero(of_class == value)[0]].astype(np.float64)
        rows.append(row / row.sum())
    return np.array(rows)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def case(name, probabilities, quantile):
    return {
        "name": name,
        "quantile": quantile,
        "probabilities": [float(p) for p in probabilities.ravel()],
        "transitions": transitions(probabilities, quantile).tolist(),
    }


def main():
    logits = RNG.normal(size=(120, 4)) * 2
    sharp = RNG.normal(size=(60, 3)) * 60
    saturated = np.eye(3, dtype=np.float32)[RNG.integers(3, size=30)]
    cases = [
        case("the authors' quantile", softmax(logits), 0.97),
        case("the median", softmax(logits), 0.5),
        case("no quantile", softmax(logits), 1.0),
        case("nearly memorised", softmax(sharp), 0.97),
        case("memorised", saturated, 0.97),
        case("all alike", np.full((5, 2), 0.5, dtype=np.float32), 0.97),
    ]
    (HERE / "transitions.json").write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
