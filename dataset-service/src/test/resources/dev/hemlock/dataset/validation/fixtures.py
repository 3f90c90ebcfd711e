"""Records what SciPy and statsmodels give, for the Java tests to agree with.

    pip install scipy statsmodels numpy && python fixtures.py

Writes checks.json beside this file, with the versions used.
"""

import json
import pathlib

import numpy as np
import scipy
import statsmodels
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.special import comb
from statsmodels.stats.multitest import multipletests

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20250317)


def stability(q, p, total):
    q, p = (np.where(s == 0, 0.5 / total, s) for s in (q, p))
    return float(((q - p) * np.log(q / p)).sum())


def drift(counts, reference):
    """A snapshot against a reference: homogeneity of a 2 x k table."""
    counts, reference = np.array(counts), np.array(reference)
    table = np.array([counts, reference])[:, counts + reference > 0]
    chi = stats.chi2_contingency(table, correction=False)
    g = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    q, p = table / table.sum(axis=1, keepdims=True)
    fisher = []
    for here, there in zip(counts, reference):
        rows = [[here, counts.sum() - here], [there, reference.sum() - there]]
        fisher.append(1.0 if here + there == 0 else stats.fisher_exact(rows).pvalue)
    return {
        "counts": counts.tolist(), "reference": reference.tolist(),
        "chi": chi.statistic, "dof": int(chi.dof), "chi_p": chi.pvalue,
        "g": g.statistic, "g_p": g.pvalue, "expected": chi.expected_freq.min(),
        "psi": stability(q, p, table.sum()), "js": jensenshannon(q, p),
        "v": stats.contingency.association(table, method="cramer"),
        "classes": multipletests(fisher, method="holm")[1].tolist(),
    }


def declared(counts, shares):
    """A snapshot against declared shares: goodness of fit."""
    counts, shares = np.array(counts), np.array(shares) / np.sum(shares)
    expected = shares * counts.sum()
    chi = stats.chisquare(counts, expected)
    g = stats.power_divergence(counts, expected, lambda_="log-likelihood")
    q = counts / counts.sum()
    exact = [stats.binomtest(int(k), int(counts.sum()), p).pvalue for k, p in zip(counts, shares)]
    return {
        "counts": counts.tolist(), "shares": shares.tolist(),
        "chi": chi.statistic, "dof": len(counts) - 1, "chi_p": chi.pvalue,
        "g": g.statistic, "g_p": g.pvalue, "expected": expected.min(),
        "psi": stability(q, shares, counts.sum()), "js": jensenshannon(q, shares),
        "v": np.sqrt(chi.statistic / (counts.sum() * (len(counts) - 1))),
        "classes": multipletests(exact, method="holm")[1].tolist(),
    }


def exceedance(k, m, n):
    """The k largest of m + n exchangeable values are all among the m."""
    return {"k": k, "m": m, "n": n,
            "p": min(1.0, 2 * comb(m, k, exact=True) / comb(m + n, k, exact=True))}


def areas(source, target):
    """Share of each source cell in each target cell, in exact whole numbers."""
    return np.array([[
        max(0, min((o + 1) * source, (i + 1) * target) - max(o * source, i * target))
        for i in range(source)] for o in range(target)])


def gradient(height, width, channels):
    image = RNG.integers(0, 256, (height, width, channels))
    grey = image.sum(axis=2)
    cells = areas(height, 8) @ grey @ areas(width, 9).T
    bits = (cells[:, 1:] > cells[:, :-1]).ravel()
    return {
        "height": height, "width": width, "channels": channels,
        "pixels": image.ravel().tolist(),
        "gradient": f"{sum(1 << i for i, bit in enumerate(bits) if bit):016x}",
        "mean": image.mean(), "deviation": image.std(),
    }


balanced = [5000] * 10
attack = [5000, 3000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 7000]
multinomial = [RNG.multinomial(n, RNG.dirichlet(np.ones(k) * 5), size=2).tolist()
               for n, k in ((300, 4), (1000, 10), (5000, 20), (60, 6))]
json.dump(
    {
        "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                     "numpy": np.__version__},
        "drift": [drift(attack, balanced), drift(balanced, balanced),
                  drift([10, 0, 4, 0], [9, 3, 0, 0]), drift([0, 1438], [700, 738])]
        + [drift(*pair) for pair in multinomial]
        + [drift([2 * c for c in a], b) for a, b in multinomial],
        "declared": [declared(attack, [1] * 10), declared([30, 0, 70], [0.3, 0.1, 0.6])]
        + [declared(a, np.array(b) + 1) for a, b in multinomial],
        "exceedance": [exceedance(*c) for c in
                       ((0, 10, 10), (1, 1, 1), (1, 100, 1000), (3, 1438, 1438), (5, 50, 10))],
        "gradient": [gradient(*s) for s in ((8, 8, 1), (32, 32, 3), (28, 28, 1), (5, 13, 3))],
    },
    open(HERE / "checks.json", "w"),
)
