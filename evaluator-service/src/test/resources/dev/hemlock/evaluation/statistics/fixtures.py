"""Records what SciPy, statsmodels and scikit-learn give, for the Java tests to agree with.

    pip install scipy==1.17.1 statsmodels==0.15.0 pandas scikit-learn==1.9.1 && python fixtures.py

Writes tests.json beside this file.
"""

import json
import pathlib

import numpy as np
import pandas
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20240817)


def differences(n, mean=0.03, deviation=0.05, decimals=4):
    return np.round(RNG.normal(mean, deviation, n), decimals)


def student(values):
    return {"values": values.tolist(), "p": stats.ttest_1samp(values, 0).pvalue}


def equivalence(values, margin):
    p, _, _ = DescrStatsW(values).ttost_mean(-margin, margin)
    return {"values": values.tolist(), "margin": margin, "p": p}


def sign_flip(values):
    test = stats.permutation_test(
        (values,), lambda v, axis: v.sum(axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf,
    )
    return {"values": values.tolist(), "p": test.pvalue}


def sampled_sign_flip(values):
    signs = np.random.default_rng(1).integers(0, 2, (2_000_000, len(values)), np.int8) * 2 - 1
    reached = abs(signs @ values) >= abs(values.sum()) - 1e-12
    return {"values": values.tolist(), "p": reached.mean()}


def holm(values):
    return {"values": values, "adjusted": multipletests(values, method="holm")[1].tolist()}


def wilson(count, total):
    low, high = proportion_confint(count, total, method="wilson")
    return {"count": count, "total": total, "low": low, "high": high}


def discordant(clean, poisoned):
    test = mcnemar([[0, clean], [poisoned, 0]], exact=True)
    return {"clean": clean, "poisoned": poisoned, "p": test.pvalue}


def bca(values):
    interval = stats.bootstrap(
        (values,), np.mean, method="BCa", n_resamples=200_000, rng=np.random.default_rng(2),
        batch=20_000,
    ).confidence_interval
    return {"values": values.tolist(), "low": interval.low, "high": interval.high}


def isotonic(values, weights):
    order = np.arange(len(values))
    fit = IsotonicRegression().fit(order, values, weights).predict(order)
    return {"values": list(values), "weights": list(weights), "fit": fit.tolist()}


def interval(values, error_rate):
    low, high = DescrStatsW(values).tconfint_mean(error_rate)
    return {"values": values.tolist(), "error_rate": error_rate, "low": low, "high": high}


def band(samples, error_rate):
    """Bonferroni t intervals by SciPy, each at the confidence 1 - error_rate / B, cut to [-1, 1]."""
    ends = [
        stats.ttest_1samp(sample, 0).confidence_interval(1 - error_rate / len(samples))
        for sample in samples
    ]
    return {
        "samples": [sample.tolist() for sample in samples],
        "error_rate": error_rate,
        "low": [max(-1, end.low) for end in ends],
        "high": [min(1, end.high) for end in ends],
    }


def nested(effects):
    """Mean squares by statsmodels' analysis of variance of one factor."""
    seeds, draws = effects.shape
    frame = pandas.DataFrame(
        {"effect": effects.ravel(), "seed": np.repeat(np.arange(seeds), draws).astype(str)}
    )
    table = anova_lm(ols("effect ~ C(seed)", frame).fit())
    between, within = table["mean_sq"]
    return {
        "effects": effects.tolist(), "training": (between - within) / draws, "poison": within,
        "f": table["F"].iloc[0], "p": table["PR(>F)"].iloc[0],
    }


def pigeonhole(effects):
    """Mean and deviation over resamples drawn by NumPy."""
    rng = np.random.default_rng(3)
    seeds, images = effects.shape
    means = [
        effects[np.ix_(rng.integers(0, seeds, seeds), rng.integers(0, images, images))].mean()
        for _ in range(200_000)
    ]
    half = stats.t.ppf(0.975, seeds - 1) * np.std(means) * np.sqrt(seeds / (seeds - 1))
    return {
        "effects": effects.tolist(), "low": effects.mean() - half, "high": effects.mean() + half,
    }


def main():
    document = {
        "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                     "scikit-learn": sklearn.__version__},
        "student": [student(differences(n)) for n in (2, 3, 5, 10, 30)],
        "equivalence": [
            equivalence(differences(n, mean, 0.01), margin)
            for n, mean, margin in (
                (2, 0.0, 0.02), (3, 0.001, 0.02), (5, 0.01, 0.02), (5, 0.03, 0.02),
                (10, -0.015, 0.02), (10, 0.002, 0.005), (30, -0.04, 0.05),
            )
        ],
        "sign_flip": [
            sign_flip(values)
            for values in (
                np.array([0.25, 0.125, 0.5]),
                np.array([0.25, -0.125, 0.5, 0.0]),
                np.array([0.02, 0.02, -0.02, 0.02, 0.04, 0.0]),
                differences(5), differences(8), differences(12, 0.01, decimals=2),
                differences(16, 0.02),
            )
        ],
        "sampled_sign_flip": [
            sampled_sign_flip(differences(21, 0.015)), sampled_sign_flip(differences(70, 0.01)),
        ],
        "holm": [
            holm([0.04]),
            holm([0.01, 0.04, 0.03, 0.005]),
            holm([0.5, 0.001, 0.9, 0.02, 0.02, 0.3, 1.0, 0.04]),
        ],
        "wilson": [
            wilson(*counts) for counts in ((0, 36), (1, 36), (18, 36), (36, 36), (7, 1000), (0, 1))
        ],
        "mcnemar": [
            discordant(*counts)
            for counts in ((0, 0), (0, 1), (0, 5), (0, 6), (3, 3), (2, 9), (10, 31), (0, 400))
        ],
        "bca": [
            bca(differences(20)),
            bca(np.round(RNG.exponential(0.05, 25), 4)),
            bca(np.round(RNG.exponential(0.05, 60), 4)),
        ],
        "isotonic": [
            isotonic([0.3], [2.0]),
            isotonic([0.0, 0.1, 0.1, 0.4], [5.0, 5.0, 5.0, 5.0]),
            isotonic([0.4, 0.3, 0.2, 0.1], [1.0, 2.0, 3.0, 4.0]),
            isotonic([0.01, -0.02, 0.1, 0.08, 0.3, 0.29, 0.31, 0.9], [5.0] * 8),
            isotonic(differences(40).tolist(), RNG.integers(1, 20, 40).astype(float).tolist()),
        ],
        "interval": [
            interval(differences(n), error_rate)
            for n, error_rate in ((2, 0.05), (5, 0.05), (5, 0.005), (10, 0.1), (30, 0.0167))
        ],
        "band": [
            band([differences(n, mean) for mean in (0.0, 0.1, 0.2)], 0.05) for n in (2, 5, 10)
        ],
        "nested": [
            nested(RNG.normal(0.2, between, (seeds, 1)) + RNG.normal(0, 0.05, (seeds, draws)))
            for seeds, draws, between in ((5, 3, 0.05), (4, 2, 0.0), (10, 4, 0.2))
        ],
        "pigeonhole": [
            pigeonhole(RNG.integers(-1, 2, (5, 8)).astype(float)),
            pigeonhole((RNG.random((10, 20)) < RNG.random((1, 20))) * RNG.random((10, 1)).round(2)),
        ],
    }
    (HERE / "tests.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
