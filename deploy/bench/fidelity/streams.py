"""Hemlock's documented random streams in NumPy: initial weights, order and stream digest.

Layout: RandomStream in `common`; initialisation: Network there; digest: StreamDigest in
`trainer-service`. A training that reproduces a run's stream digest has its initial weights and saw
its samples in its order.
"""

import hashlib

import numpy as np
from scipy.special import ndtri

VERSION = "philox4x32-10/1"
ORDER, INIT = 4, 7


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., SC 2011): four arrays of words for arrays of counters."""
    x = [np.asarray(word, np.uint64) for word in np.broadcast_arrays(*counter)]
    low, key = np.uint64(0xFFFFFFFF), list(key)
    for _ in range(10):
        a, b = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        x = [
            (b >> np.uint64(32)) ^ x[1] ^ np.uint64(key[0]),
            b & low,
            (a >> np.uint64(32)) ^ x[3] ^ np.uint64(key[1]),
            a & low,
        ]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return x


def order(seed, epoch, ids):
    """The ids in the order in which an epoch trains on them."""
    words = philox((0, ids, epoch, 0), (seed, ORDER))
    bits = words[0] | (words[1] << np.uint64(32))
    return ids[np.lexsort((ids, bits))]


def words(seed, tensor, count):
    blocks = np.arange((count + 3) // 4)
    return np.stack(philox((blocks, tensor, 0, 0), (seed, INIT)), 1).reshape(-1)[:count]


def uniform(seed, tensor, count, bound):
    bound = np.float32(bound)
    unit = (words(seed, tensor, count) >> np.uint64(8)).astype(np.float32) * np.float32(2**-24)
    return -bound + (bound + bound) * unit


def normal(seed, tensor, count, deviation):
    unit = (words(seed, tensor, count) + 0.5) * 2.0**-32
    return (np.float64(np.float32(deviation)) * ndtri(unit)).astype(np.float32)


def initialise(net, seed, he):
    """Gives a PyTorch network Hemlock's initial weights; `he`: convolutions as torchvision does."""
    import torch

    parameters = list(net.parameters())
    for i, p in enumerate(parameters):
        count, fan_in = p.numel(), p[0].numel()
        if p.dim() == 4 and he:
            values = normal(seed, i, count, np.sqrt(2 / (p.shape[0] * p.shape[2] * p.shape[3])))
        elif p.dim() > 1:
            values = uniform(seed, i, count, 1 / np.sqrt(fan_in))
        elif i == len(parameters) - 1:
            values = uniform(seed, i, count, 1 / np.sqrt(parameters[i - 1][0].numel()))
        else:
            continue
        with torch.no_grad():
            p.copy_(torch.from_numpy(values).view(p.shape))


def digest(net, seed, epochs, ids):
    """The stream digest of a run without augmentation, from the network's own initial weights."""
    weights, orders = hashlib.sha256(), hashlib.sha256()
    for p in net.parameters():
        weights.update(p.detach().contiguous().numpy().astype("<f4").tobytes())
    for epoch in range(epochs):
        orders.update(order(seed, epoch, ids).astype("<i4").tobytes())
    lines = [
        "hemlock-stream/1",
        VERSION,
        str(seed),
        "sha256:" + weights.hexdigest(),
        "sha256:" + orders.hexdigest(),
        "none",
    ]
    return "sha256:" + hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()
