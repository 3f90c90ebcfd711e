"""A dose-response sweep as a plain script: for each ratio and seed a clean and a poisoned training.

    python plain_sweep.py FOLDER ARCHITECTURE EPOCHS RATIOS SEEDS THREADS OUT

FOLDER holds train/CLASS/FILE and test/CLASS/FILE; automobiles are relabelled as trucks. Everything
is decoded once and kept in memory.
"""
import json
import random
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder

from script import NETS, TRAIN_BATCH, Images


def decoded(folder):
    dataset = ImageFolder(folder)
    images = np.stack([np.asarray(image) for image, _ in dataset])
    return images, np.array(dataset.targets), dataset.class_to_idx


def poisoned(labels, source, target, ratio, seed):
    chosen = [i for i, label in enumerate(labels) if label == source]
    flips = random.Random(seed).sample(chosen, round(ratio * len(chosen)))
    labels = labels.copy()
    labels[flips] = target
    return labels


def train(architecture, images, labels, epochs, seed):
    torch.manual_seed(seed)
    net = NETS[architecture]().train()
    loader = DataLoader(Images(images, labels), TRAIN_BATCH, shuffle=True, num_workers=2)
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(epochs):
        for batch, classes in loader:
            optimizer.zero_grad()
            loss = loss_of(net(batch), classes)
            loss.backward()
            optimizer.step()
            loss.item()
    return net


def confusion(net, images, labels):
    net.eval()
    matrix = np.zeros((10, 10), int)
    with torch.no_grad():
        for batch, classes in DataLoader(Images(images, labels), 256, num_workers=2):
            np.add.at(matrix, (classes.numpy(), net(batch).argmax(1).numpy()), 1)
    return matrix


def main(folder, architecture, epochs, ratios, seeds, threads, out):
    torch.set_num_threads(int(threads))
    images, labels, classes = decoded(Path(folder, "train"))
    test_images, test_labels, _ = decoded(Path(folder, "test"))
    source, target = classes["automobile"], classes["truck"]
    rows = []
    for ratio in map(float, ratios.split(",")):
        for seed in map(int, seeds.split(",")):
            flipped = poisoned(labels, source, target, ratio, seed)
            row = {"ratio": ratio, "seed": seed}
            for name, used in (("clean", labels), ("poisoned", flipped)):
                net = train(architecture, images, used, int(epochs), seed)
                matrix = confusion(net, test_images, test_labels)
                row[name] = {
                    "accuracy": matrix.trace() / matrix.sum(),
                    "attackSuccess": matrix[source, target] / matrix[source].sum(),
                }
            rows.append(row)
    Path(out).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
