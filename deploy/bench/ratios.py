"""Paired ratios: their median and its percentile bootstrap interval."""
import random
import statistics

RESAMPLES = 2_000

median = statistics.median


def median_interval(ratios):
    """Median, and the ends of its 95 % interval; with fewer than 6 pairs the smallest and largest."""
    middle = median(ratios)
    if len(ratios) < 6:
        return middle, min(ratios), max(ratios)
    draw = random.Random(1)
    medians = sorted(
        median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return middle, medians[RESAMPLES * 25 // 1000], medians[RESAMPLES * 975 // 1000 - 1]


def check():
    assert median_interval([1.5]) == (1.5, 1.5, 1.5)
    assert median_interval([2.0] * 10) == (2.0, 2.0, 2.0)
    middle, low, high = median_interval([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8])
    assert middle == 1.4 and 1.0 <= low < middle < high <= 1.8
    # Order statistics 2 and 8 of 9 enclose the median with 96.1 %; the bootstrap comes close.
    assert 1.1 <= low <= 1.2 and 1.6 <= high <= 1.7
    generator = random.Random(7)
    covered = 0
    for _ in range(100):
        sample = [generator.gauss(1, 0.1) for _ in range(12)]
        _, low, high = median_interval(sample)
        covered += low <= 1 <= high
    assert covered >= 88, covered


if __name__ == "__main__":
    check()
    print("ratios: fine")
