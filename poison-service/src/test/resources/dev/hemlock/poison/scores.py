"""Records scores.json: what NumPy and SciPy make of logits and features, for ScoreRuleTest."""

import json
import pathlib

import numpy as np
import scipy.special

rng = np.random.default_rng(7)
n, classes, width, source, target = 40, 5, 6, 1, 3
labels = rng.integers(0, classes, n)
logits = (rng.normal(size=(n, classes)) * 4).astype(np.float32)
# Samples whose probability of the source rounds to 1, and whose order the logits still show.
logits[labels == source, source] += np.linspace(10, 60, (labels == source).sum()).astype(np.float32)
features = rng.normal(size=(n, width)).astype(np.float32)

log_p = scipy.special.log_softmax(logits.astype(np.longdouble), axis=1)
samples = np.flatnonzero(labels == source)
mean = features[labels == target].astype(np.float64).mean(axis=0)
distance = np.linalg.norm(features - mean, axis=1)
# Exact where softmax rounds to 1: log1p of the odds of the other classes.
others = np.delete(logits, source, axis=1).astype(np.longdouble) - logits[:, [source]]
loss_of_source = np.log1p(np.exp(others).sum(axis=1))


def first(score):
    return samples[np.argsort(score[samples], kind="stable")].tolist()


record = {
    "classCount": classes,
    "source": source,
    "target": target,
    "labels": labels.tolist(),
    "logits": logits.tolist(),
    "features": features.tolist(),
    "crossEntropyOfTarget": (-log_p[:, target]).astype(float).tolist(),
    "nearestToTarget": first(distance),
    "mostConfident": first(loss_of_source),
    "leastConfident": first(-loss_of_source),
    "highestLoss": first(log_p[:, target]),
}
path = pathlib.Path(__file__).with_name("scores.json")
path.write_text(json.dumps(record) + "\n")
