"""Records confidence sets of a ratio of paired means, for the Java tests to agree with.

    pip install scipy==1.17.1 && python ratios.py

A ratio is in the 95 % set unless SciPy's one-sample t test refuses that y - ratio * x has mean 0; the
ends are found by bisection on that p value, without Fieller's formula. Writes ratios.json beside this
file.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import optimize, stats

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20241107)
FAR = 1e6


def surplus(ratio, y, x):
    return stats.ttest_1samp(y - ratio * x, 0).pvalue - 0.05


def case(y, x):
    y, x = np.round(y, 4), np.round(x, 4)
    ratio = y.mean() / x.mean()
    recorded = {"y": y.tolist(), "x": x.tolist(), "ratio": ratio}
    bounded = surplus(FAR, y, x) < 0 and surplus(-FAR, y, x) < 0
    if bounded and x.mean() > 0:
        recorded["low"] = optimize.brentq(surplus, -FAR, ratio, (y, x), xtol=1e-14, rtol=1e-14)
        recorded["high"] = optimize.brentq(surplus, ratio, FAR, (y, x), xtol=1e-14, rtol=1e-14)
    return recorded


def drawn(n, excess, share, deviation, correlation):
    covariance = deviation**2 * np.array([[1, correlation], [correlation, 1]])
    pairs = RNG.multivariate_normal([share * excess, excess], covariance, n)
    return case(pairs[:, 0], pairs[:, 1])


cases = [
    drawn(n, excess, share, 0.06, correlation)
    for n in (2, 3, 5, 8, 20)
    for excess in (0.4, 0.1, 0.03)
    for share, correlation in ((0.5, 0.8), (0, 0), (1.2, -0.5))
]
cases.append(case(np.array([0.1, 0.2, 0.3]), np.array([-0.5, -0.4, -0.6])))
bounded = sum("low" in recorded for recorded in cases)
print(bounded, "of", len(cases), "bounded")
(HERE / "ratios.json").write_text(
    json.dumps({"scipy": scipy.__version__, "cases": cases}, indent=1) + "\n")
