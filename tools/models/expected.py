"""Computes with scipy what the monitor's tests expect of its statistics: test/fixtures/monitoring/scipy.json.

    /tmp/models/bin/python tools/models/expected.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

SEED = 11
generator = np.random.default_rng(SEED)


def draw(count, shift=0.0, digits=3):
    return sorted(float(value) for value in np.round(generator.normal(shift, 1, count), digits))


def exact(first, second):
    result = stats.ks_2samp(first, second, method="exact")
    return {"first": first, "second": second, "statistic": float(result.statistic), "pValue": float(result.pvalue)}


def psi_case(reference, counts):
    q = (np.array(reference) + 0.5) / (sum(reference) + 0.5 * len(reference))
    p = (np.array(counts) + 0.5) / (sum(counts) + 0.5 * len(counts))
    # Jeffreys' divergence is the sum of the two relative entropies.
    value = float(stats.entropy(p, q) + stats.entropy(q, p))
    scale = 1 / sum(reference) + 1 / sum(counts)
    return {
        "reference": reference,
        "counts": counts,
        "psi": value,
        "pValue": float(stats.chi2.sf(value / scale, len(counts) - 1)),
    }


p_values = [0.001, 0.04, 0.012, 0.9, 0.03, 0.2, 0.2, 0.0004]
document = {
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "seed": SEED,
    "kolmogorovSmirnov": {
        "call": "scipy.stats.ks_2samp(first, second, method='exact')",
        "cases": [
            exact(draw(7), draw(11)),
            exact(draw(20), draw(20, 0.8)),
            exact(draw(57), draw(101, 0.5)),
            exact(draw(30, 4), draw(40)),
            exact(draw(40, digits=0), draw(60, 0.3, digits=0)),
        ],
    },
    "kolmogorovTail": {
        "call": "scipy.special.kolmogorov(x)",
        "cases": [[x, float(special.kolmogorov(x))] for x in (0.1, 0.3, 0.5, 0.8, 1.0, 1.36, 2.0, 4.0)],
    },
    "largeSamples": {
        "call": "scipy.stats.kstwo.sf(statistic, round(n * m / (n + m)))",
        "cases": [
            [d, n, m, float(stats.kstwo.sf(d, round(n * m / (n + m))))]
            for d, n, m in ((0.05, 2000, 2000), (0.06, 1000, 3000), (0.09, 500, 5000))
        ],
    },
    "chiSquaredTail": {
        "call": "scipy.stats.chi2.sf(x, degrees)",
        "cases": [
            [x, k, float(stats.chi2.sf(x, k))]
            for x, k in ((0.5, 1), (6.6349, 1), (40, 1), (3, 2), (13.2767, 4), (7.5, 5), (30, 9), (8.4, 9), (90, 19))
        ],
    },
    "falseDiscovery": {
        "call": "scipy.stats.false_discovery_control(pValues, method='bh')",
        "pValues": p_values,
        "adjusted": [float(value) for value in stats.false_discovery_control(p_values, method="bh")],
    },
    "psi": {
        "call": "scipy.stats.entropy(p, q) + scipy.stats.entropy(q, p), half a count added to every bin; chi2.sf for the p-value",
        "cases": [
            psi_case([69, 68, 68, 68, 68], [12, 10, 13, 11, 11]),
            psi_case([69, 68, 68, 68, 68], [1, 4, 9, 15, 28]),
            psi_case([69, 68, 68, 68, 68], [0, 0, 0, 0, 57]),
            psi_case([500, 0], [480, 20]),
        ],
    },
}
out = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "monitoring" / "scipy.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps(document, indent=1) + "\n")
