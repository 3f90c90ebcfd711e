"""Reads the samples of a snapshot from the data directory of an embedded default."""
import json
from pathlib import Path

import numpy as np


def load(data, description, split):
    """Images (samples, height, width, channels) as bytes and labels as 64-bit integers."""
    snapshot = json.loads(Path(description).read_text())
    part = next(s for s in snapshot["splits"] if s["name"] == split)
    shape = snapshot["imageShape"]
    pixels = np.concatenate([_blob(data, digest, np.uint8) for digest in part["shardDigests"]])
    images = pixels.reshape(-1, shape["height"], shape["width"], shape["channels"])
    if part["selectionDigest"]:
        images = images[_blob(data, part["selectionDigest"], "<i4")]
    return images, _blob(data, part["labelDigest"], "<u2").astype(np.int64)


def _blob(data, digest, dtype):
    name = digest.removeprefix("sha256:")
    return np.fromfile(Path(data, "store/hemlock/default/blobs/sha256", name[:2], name), dtype)
