"""The fastest multiplication of two large matrices here, in GFLOP a second: `python peak.py THREADS`."""
import json
import sys
import time

import torch

SIZE = 3072
ATTEMPTS = 5

torch.set_num_threads(int(sys.argv[1]))
peaks = {}
for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
    a, b = torch.randn(SIZE, SIZE, dtype=dtype), torch.randn(SIZE, SIZE, dtype=dtype)
    best = float("inf")
    for _ in range(ATTEMPTS + 1):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    peaks[name] = 2 * SIZE**3 / best / 1e9
print(json.dumps(peaks))
