"""The Python script a user would write: PyTorch, autocast for bf16, no code shared with Hemlock.

Only its initial weights and its order of samples are Hemlock's (streams.py), so that runs pair.
"""

import hashlib
import json
import math
import pathlib
import time

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy, max_pool2d

import streams


class SmallCnn(nn.Module):
    """The net that Hemlock calls smallcnn, for 32 x 32 images."""

    def __init__(self, channels, classes):
        super().__init__()
        for block, width in enumerate((16, 32, 64, 128), 1):
            setattr(self, f"conv{block}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
            setattr(self, f"bn{block}", nn.BatchNorm2d(width))
            channels = width
        self.fc = nn.Linear(channels * 16, classes)

    def forward(self, x):
        for block in range(1, 5):
            x = x if block == 1 else max_pool2d(x, 2)
            x = torch.relu(getattr(self, f"bn{block}")(getattr(self, f"conv{block}")(x)))
        return self.fc(adaptive_avg_pool2d(x, 4).flatten(1))


def network(architecture, channels, classes):
    if architecture == "ARCHITECTURE_SMALLCNN":
        return SmallCnn(channels, classes)
    if architecture != "ARCHITECTURE_RESNET18":
        raise SystemExit(f"no PyTorch counterpart of {architecture} here")
    net = torchvision.models.resnet18(weights=None, num_classes=classes)
    net.conv1 = nn.Conv2d(channels, 64, 3, 1, 1, bias=False)
    net.maxpool = nn.Identity()
    return net


class Store:
    """Snapshots in the object store's folder; every object is checked against its name."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def object(self, digest, kind):
        name = digest.removeprefix("sha256:")
        data = (self.folder / kind / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name:
            raise SystemExit(f"{kind}/{name} is damaged")
        return data

    def blob(self, digest, dtype):
        kind = "blobs/sha256/" + digest.removeprefix("sha256:")[:2]
        return np.frombuffer(self.object(digest, kind), dtype)

    def split(self, snapshot, name):
        """Stable ids, images (N x H x W x C bytes) and labels."""
        manifest = json.loads(self.object(snapshot.removeprefix("snapshots/"), "snapshots"))
        shape = [manifest["imageShape"][side] for side in ("height", "width", "channels")]
        split = next(split for split in manifest["splits"] if split["name"] == name)
        stored = np.concatenate([self.blob(shard, "u1") for shard in split["shardDigests"]])
        ids = (
            self.blob(split["selectionDigest"], "<i4")
            if split["selectionDigest"]
            else np.arange(split["storedCount"])
        )
        images = torch.from_numpy(stored.reshape(-1, *shape)[ids])
        labels = self.blob(split["labelDigest"], "<u2").astype(np.int64)
        return ids.astype(np.int64), images, torch.from_numpy(labels)


def normaliser(images):
    """(pixel / 255 - mean) / deviation by channel, measured on the given images."""
    values = images.flatten(0, 2).long()
    count, total, squares = len(values), values.sum(0).tolist(), (values * values).sum(0).tolist()
    mean = torch.tensor([s / (255 * count) for s in total])
    deviation = torch.tensor(
        [math.sqrt(count * q - s * s) / (255 * count) for s, q in zip(total, squares)]
    )

    def normalised(batch):
        return ((batch.float() / 255 - mean) / deviation).permute(0, 3, 1, 2)

    return normalised


def schedule(optimizer, cycle, steps):
    """The learning rate of each step: one cycle up to the optimiser's, or constant."""
    if cycle is None:
        return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=optimizer.param_groups[0]["lr"],
        total_steps=steps,
        pct_start=cycle["warmUp"],
        div_factor=1 / cycle["initialFactor"],
        final_div_factor=cycle["initialFactor"] / cycle["finalFactor"],
        cycle_momentum=False,
    )


def train(store, snapshot, recipe, seed):
    """Trains and evaluates; the confusion matrix counts test images by [true][predicted]."""
    for unknown in "sgd", "augmentation":
        if unknown in recipe:
            raise SystemExit(f"this script knows no {unknown}; leave it out of the recipe")
    adam = recipe["adam"]
    ids, images, labels = store.split(snapshot, "train")
    place = np.empty(ids.max() + 1, np.int64)
    place[ids] = np.arange(len(ids))
    normalised = normaliser(images)
    classes = int(store.split(snapshot, "test")[2].max()) + 1
    net = network(recipe["architecture"], images.shape[3], classes)
    streams.initialise(net, seed, he=recipe["architecture"] == "ARCHITECTURE_RESNET18")
    digest = streams.digest(net, seed, recipe["epochs"], ids)
    net = net.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.Adam(
        net.parameters(),
        lr=adam["learningRate"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
        weight_decay=adam["weightDecay"],
    )
    steps = recipe["epochs"] * math.ceil(len(ids) / recipe["batchSize"])
    rate = schedule(optimizer, recipe.get("oneCycle"), steps)
    half = recipe["precision"] == "PRECISION_BF16"
    started, losses = time.monotonic(), []
    for epoch in range(recipe["epochs"]):
        total = 0.0
        for batch in torch.from_numpy(place[streams.order(seed, epoch, ids)]).split(
            recipe["batchSize"]
        ):
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                logits = net(normalised(images[batch]))
            loss = cross_entropy(
                logits.float(), labels[batch], label_smoothing=recipe.get("labelSmoothing", 0.0)
            )
            loss.backward()
            optimizer.step()
            rate.step()
            total += loss.item() * len(batch)
        losses.append(total / len(ids))
    seconds = time.monotonic() - started
    return {
        "streamDigest": digest,
        "losses": losses,
        "confusion": confusion(net.eval(), normalised, *store.split(snapshot, "test")[1:]),
        "seconds": round(seconds, 1),
    }


@torch.no_grad()
def confusion(net, normalised, images, labels):
    predicted = torch.cat([net(normalised(part)).argmax(1) for part in images.split(250)])
    classes = int(labels.max()) + 1
    counts = torch.bincount(labels * classes + predicted, minlength=classes * classes)
    return counts.view(classes, classes).tolist()
