"""Reads every image of train/ and test/ once, as a training script would: ImageFolder, PIL, 2 workers.

    python read_folder.py FOLDER

A line of standard input starts a pass; the answer is the seconds it took.
"""
import sys
import time
from pathlib import Path

from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import PILToTensor


def read(folder):
    images = 0
    for split in ("train", "test"):
        dataset = ImageFolder(Path(folder, split), PILToTensor())
        for batch, _ in DataLoader(dataset, 128, num_workers=2):
            images += len(batch)
    return images


if __name__ == "__main__":
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        read(sys.argv[1])
        print(time.perf_counter() - start, flush=True)
