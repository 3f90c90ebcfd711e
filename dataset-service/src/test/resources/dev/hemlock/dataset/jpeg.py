"""Records JPEG files and the pixels that Pillow reads from them, for BaselineJpegTest.

Written with Pillow 13.0.0 (libjpeg-turbo):

    python jpeg.py > jpeg.json
"""

import base64
import hashlib
import io
import json

import numpy as np
from PIL import Image, features

SIZES = [(32, 32), (17, 19), (8, 5), (1, 6), (9, 40)]
KINDS = [("grey", 0), ("whole", 0), ("half width", 1), ("half both", 2)]


def picture(height, width, noise, grey):
    """Smooth waves with some noise, so that blocks have few coefficients or many."""
    generator = np.random.default_rng(height * 1000 + width)
    y, x = np.mgrid[0:height, 0:width] / 9.0
    planes = [np.sin(x + k) * np.cos(y * (k + 1) / 2) for k in range(1 if grey else 3)]
    values = 128 + 110 * np.stack(planes, -1) + generator.normal(0, noise, (height, width, len(planes)))
    pixels = values.clip(0, 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if grey else pixels)


def record(size, kind, subsampling, quality, noise):
    file = io.BytesIO()
    image = picture(*size, noise, kind == "grey")
    options = {} if kind == "grey" else {"subsampling": subsampling}
    image.save(file, "JPEG", quality=quality, **options)
    pixels = np.asarray(Image.open(io.BytesIO(file.getvalue())))
    return {
        "name": f"{size[0]}x{size[1]} {kind}, quality {quality}, noise {noise}",
        "file": base64.b64encode(file.getvalue()).decode(),
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
    }


def main():
    assert features.check_feature("libjpeg_turbo")
    cases = [
        record(size, kind, subsampling, quality, noise)
        for size in SIZES
        for kind, subsampling in KINDS
        for quality, noise in ((30, 0), (75, 10), (95, 60))
    ]
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")


main()
