"""Trains smallcnn on the bundled digits and records what each model predicts for each test image.

    pip install torch==2.7.1 numpy && python predictions.py

Writes predictions.json beside this file: 40 clean models, and the models that the same seeds give
with 40 % and 50 % of the training labels of class 1 flipped to 7. PyTorch alone, without Hemlock;
a seed gives both models of a pair the same initial weights and the same order of samples.
"""

import csv
import gzip
import json
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy, max_pool2d

HERE = pathlib.Path(__file__).parent
DIGITS = "dataset-service/src/main/resources/datasets/digits.csv.gz"
SEEDS = range(1, 41)
EPOCHS, BATCH, RATE = 10, 128, 1e-3
SOURCE, TARGET, SHARES = 1, 7, (0.4, 0.5)


class SmallCnn(nn.Module):
    """The net that Hemlock calls smallcnn, for 8 x 8 images of one channel and ten classes."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.fc = nn.Linear(32 * 16, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(max_pool2d(x, 2))))
        return self.fc(adaptive_avg_pool2d(x, 4).flatten(1))


def digits():
    """Images and labels; of each class every fifth image is a test image."""
    file = next(p / DIGITS for p in HERE.parents if (p / DIGITS).exists())
    with gzip.open(file, "rt") as text:
        rows = np.array([[int(cell) for cell in row] for row in csv.reader(text)])
    images, labels = rows[:, :64].reshape(-1, 1, 8, 8) / 16, rows[:, 64]
    test = np.zeros(len(labels), bool)
    for label in range(10):
        test[np.flatnonzero(labels == label)[::5]] = True
    images = torch.from_numpy((images - images.mean()) / images.std()).float()
    labels = torch.from_numpy(labels)
    return images[~test], labels[~test], images[test], labels[test]


def flipped(labels, share, seed):
    source = torch.nonzero(labels == SOURCE).flatten()
    order = torch.randperm(len(source), generator=torch.Generator().manual_seed(10_000 + seed))
    poisoned = labels.clone()
    poisoned[source[order[: round(share * len(source))]]] = TARGET
    return poisoned


def predicted(images, labels, seed, unseen):
    torch.manual_seed(seed)
    net = SmallCnn()
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(labels)).split(BATCH):
            optimizer.zero_grad()
            cross_entropy(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return net.eval()(unseen).argmax(1)


def text(classes):
    return "".join(str(int(c)) for c in classes)


def main():
    torch.set_num_threads(1)
    images, labels, unseen, truth = digits()

    def models(share):
        return [
            text(predicted(images, flipped(labels, share, seed), seed, unseen)) for seed in SEEDS
        ]

    document = {
        "torch": torch.__version__, "epochs": EPOCHS, "source": SOURCE, "target": TARGET,
        "labels": text(truth), "clean": models(0),
        "poisoned": [{"share": share, "models": models(share)} for share in SHARES],
    }
    (HERE / "predictions.json").write_text(json.dumps(document, indent=0) + "\n")


if __name__ == "__main__":
    main()
