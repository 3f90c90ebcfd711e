"""Streams against recorded values, and the equivalence test against worked-out ones."""

import json
import pathlib
import unittest

import numpy as np
import torch

import fidelity
import script
import streams

HEMLOCK_RATES = (
    pathlib.Path(__file__).parents[3]
    / "trainer-service/src/test/resources/dev/hemlock/training/one_cycle.json"
)


class StreamsTest(unittest.TestCase):
    def test_philox_gives_the_authors_known_answers(self):
        """Random123's kat_vectors."""
        self.assertEqual(
            [int(x) for x in streams.philox((0, 0, 0, 0), (0, 0))],
            [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8],
        )
        self.assertEqual(
            [
                int(x)
                for x in streams.philox(
                    (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)
                )
            ],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        )

    def test_an_order_of_fewer_samples_is_the_same_without_them(self):
        ids = np.arange(100)
        whole = streams.order(7, 3, ids)
        part = streams.order(7, 3, ids[ids % 3 != 0])
        self.assertEqual(sorted(whole.tolist()), ids.tolist())
        self.assertEqual(part.tolist(), [i for i in whole.tolist() if i % 3 != 0])


class ScheduleTest(unittest.TestCase):
    def test_one_cycle_has_the_rates_that_hemlock_is_held_to(self):
        for case in json.loads(HEMLOCK_RATES.read_text()):
            optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=case["peak"])
            schedule = script.schedule(optimizer, case, case["steps"])
            for rate in case["rates"]:
                self.assertAlmostEqual(optimizer.param_groups[0]["lr"], rate, delta=1e-12 * case["peak"])
                optimizer.step()
                schedule.step()

    def test_the_rate_is_constant_otherwise(self):
        optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        schedule = script.schedule(optimizer, None, 3)
        for _ in range(3):
            self.assertEqual(optimizer.param_groups[0]["lr"], 0.5)
            optimizer.step()
            schedule.step()


class EquivalenceTest(unittest.TestCase):
    def test_tests_both_sides(self):
        """Mean 1, deviation 1, n 4: t is (1 + 3) / 0.5 = 8 and (1 - 3) / 0.5 = -4; 3 degrees."""
        differences = np.array([1 - 1.5**0.5, 1.0, 1.0, 1 + 1.5**0.5])
        p, (low, high) = fidelity.equivalence(differences, 3)
        self.assertAlmostEqual(p, 0.014004, places=5)
        self.assertAlmostEqual(low, 1 - 2.353363 * 0.5, places=5)
        self.assertAlmostEqual(high, 1 + 2.353363 * 0.5, places=5)

    def test_shows_nothing_where_the_mean_is_outside(self):
        p, _ = fidelity.equivalence(np.array([0.9, 1.1, 1.0, 1.0]), 0.5)
        self.assertGreater(p, 0.5)


if __name__ == "__main__":
    unittest.main()
