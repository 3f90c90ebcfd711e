"""Records what cleanlab, scikit-learn and SciPy give, for the Java tests to agree with.

    pip install cleanlab==2.9.0 scikit-learn==1.9.1 scipy==1.17.1 && python fixtures.py

Writes detectors.json beside this file.
"""

import json
import pathlib

import cleanlab
import numpy as np
import scipy
import sklearn
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from scipy import stats
from scipy.special import log_softmax
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_score, recall_score, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20261124)


def single(values, decimals):
    """Numbers that Java reads as the same 32-bit values."""
    return np.round(values, decimals).astype(np.float32).astype(np.float64)


def flat(values, decimals):
    return np.round(np.asarray(values, dtype=float), decimals).ravel().tolist()


def confident_learning(name, labels, probabilities):
    p = single(probabilities, 5)
    # The joint and the issues of one call each, with cleanlab's defaults.
    return {
        "name": name,
        "classes": p.shape[1],
        "labels": labels.tolist(),
        "probabilities": flat(p, 5),
        "joint": compute_confident_joint(labels, p).tolist(),
        "issues": np.flatnonzero(find_label_issues(labels, p, n_jobs=1)).tolist(),
        "scores": get_label_quality_scores(labels, p).tolist(),
    }


def digits(flip):
    images, truth = load_digits(return_X_y=True)
    images, truth = images[:700] / 16, truth[:700]
    labels = truth.copy()
    if flip:
        ones = np.flatnonzero(truth == 1)
        labels[RNG.choice(ones, round(0.4 * len(ones)), replace=False)] = 7
    model = LogisticRegression(max_iter=200)
    return labels, cross_val_predict(model, images, labels, cv=5, method="predict_proba")


def random_probabilities(n, classes, sharpness):
    return RNG.dirichlet(np.full(classes, sharpness), n)


def imbalanced():
    truth = RNG.choice(4, 400, p=[0.7, 0.2, 0.08, 0.02])
    logits = RNG.normal(0, 1, (400, 4))
    logits[np.arange(400), truth] += 2.5
    labels = np.where(RNG.random(400) < 0.15, RNG.integers(0, 4, 400), truth)
    return labels, np.exp(log_softmax(logits, axis=1))


def missing_class():
    labels, p = imbalanced()
    keep = labels != 2
    return labels[keep], p[keep]


def single_member():
    labels, p = imbalanced()
    keep = (labels != 3) | (np.cumsum(labels == 3) == 1)
    return labels[keep], p[keep]


def features():
    """Three classes; a fifth of class 1 lies where class 0 does."""
    centres = RNG.normal(0, 2, (3, 8))
    truth = np.repeat([0, 1, 2], 60)
    labels = truth.copy()
    labels[:15] = 1
    return labels, single(centres[truth] + RNG.normal(0, 0.8, (180, 8)), 4)


def neighbours(labels, x):
    nearest = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute").fit(x)
    found = nearest.kneighbors(x, return_distance=False)
    others = [[j for j in row if j != i][:10] for i, row in enumerate(found)]
    return {
        "labels": labels.tolist(),
        "features": flat(x, 4),
        "columns": x.shape[1],
        "nearest": [sorted(int(j) for j in row) for row in others],
    }


def clusters(labels, x):
    classes = []
    for c in range(3):
        reduced = PCA(4).fit_transform(x[labels == c])
        assigned = KMeans(2, n_init=10, random_state=0).fit_predict(reduced)
        smaller = int(np.argmin(np.bincount(assigned)))
        classes.append(
            {
                "members": np.flatnonzero(labels == c).tolist(),
                "reduced": [row.tolist() for row in reduced],
                "smaller": np.flatnonzero(assigned == smaller).tolist(),
                "silhouette": float(silhouette_score(reduced, assigned)),
            }
        )
    return classes


def spectral(labels, x):
    chances = np.ones(len(labels))
    for c in range(3):
        centred = x[labels == c] - x[labels == c].mean(axis=0)
        along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
        scale = 1.4826 * stats.median_abs_deviation(along)
        chances[labels == c] = 2 * stats.norm.sf(abs(along - np.median(along)) / scale)
    return chances.tolist()


def dynamics():
    """Five points of a training in which flipped labels are behind at first."""
    truth = RNG.integers(0, 3, 120)
    labels = truth.copy()
    labels[:30] = (truth[:30] + 1) % 3
    points = []
    for t in range(1, 6):
        logits = RNG.normal(0, 0.6, (120, 3))
        logits[np.arange(120), truth] += 0.8 * t
        logits[np.arange(120), labels] += 0.35 * t
        points.append(single(logits, 4))
    given = np.arange(120), labels
    margins = []
    for z in points:
        others = z.copy()
        others[given] = -np.inf
        margins.append(z[given] - others.max(axis=1))
    losses = np.mean([-log_softmax(z, axis=1)[given] for z in points], axis=0)
    unit = (losses - losses.min()) / (losses.max() - losses.min())
    mixture = GaussianMixture(
        2,
        reg_covar=5e-4,
        tol=1e-12,
        max_iter=100000,
        means_init=[[unit[unit <= 0.5].mean()], [unit[unit > 0.5].mean()]],
    ).fit(unit[:, None])
    upper = mixture.predict_proba(unit[:, None])[:, int(np.argmax(mixture.means_))]
    return {
        "labels": labels.tolist(),
        "points": [flat(z, 4) for z in points],
        "area": np.mean(margins, axis=0).tolist(),
        "losses": losses.tolist(),
        "upper": upper.tolist(),
    }


def scoring():
    flipped = RNG.random(200) < 0.2
    scores = np.round(np.clip(RNG.normal(np.where(flipped, 0.35, 0.6), 0.2), 0, 1), 2)
    issues = scores < 0.4
    return {
        "flipped": flipped.tolist(),
        "scores": scores.tolist(),
        "issues": issues.tolist(),
        "averagePrecision": float(average_precision_score(flipped, -scores)),
        "precision": float(precision_score(flipped, issues)),
        "recall": float(recall_score(flipped, issues)),
        "falseAlarmRate": float(np.mean(issues[~flipped])),
    }


def main():
    labels, x = features()
    recorded = {
        "versions": {
            "cleanlab": cleanlab.__version__,
            "scikit-learn": sklearn.__version__,
            "scipy": scipy.__version__,
            "numpy": np.__version__,
        },
        "confident_learning": [
            confident_learning("digits, 40 % of the ones labelled as sevens", *digits(True)),
            confident_learning("digits as they are", *digits(False)),
            confident_learning("imbalanced", *imbalanced()),
            confident_learning("a class without labels", *missing_class()),
            confident_learning("a class of one label", *single_member()),
            confident_learning(
                "labels that mean nothing", RNG.integers(0, 3, 150), random_probabilities(150, 3, 1)
            ),
            confident_learning(
                "two classes", RNG.integers(0, 2, 100), random_probabilities(100, 2, 0.5)
            ),
        ],
        "neighbours": [neighbours(labels, x)],
        "clusters": clusters(labels, x),
        "spectral": [{"chances": spectral(labels, x)}],
        "dynamics": [dynamics()],
        "scoring": [scoring()],
    }
    (HERE / "detectors.json").write_text(json.dumps(recorded, indent=None) + "\n")


if __name__ == "__main__":
    main()
