"""What a user would write instead, in two versions.

plain: torchvision's ResNet-18 in eager mode, contiguous, torch.optim.Adam as it comes, a DataLoader
with two workers over ToTensor and Normalize as torchvision.datasets.CIFAR10 does it, loss.item()
after each step. tuned: channels-last, fused Adam, all images resident as bytes and normalised in
one go a batch, the loss never read; autocast for bf16.

    python script.py train|evaluate DATA SNAPSHOT ARCHITECTURE plain|tuned fp32|bf16 THREADS COUNT

trains COUNT models at once, a thread each. A line of standard input is a number of steps; the
answer is the seconds they took.
"""
import sys
import threading
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, ToTensor

import snapshot

MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)
TRAIN_BATCH = 128
TEST_BATCH = 256


def resnet18():
    net = torchvision.models.resnet18(num_classes=10)
    net.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    net.maxpool = nn.Identity()
    return net


def smallcnn():
    layers = []
    for block, (before, width) in enumerate([(3, 16), (16, 32), (32, 64), (64, 128)]):
        if block:
            layers.append(nn.MaxPool2d(2))
        layers += [nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 16, 10))


NETS = {"resnet18": resnet18, "smallcnn": smallcnn}


class Images(Dataset):
    """As torchvision.datasets.CIFAR10: decoded images in memory, a PIL image an item."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels
        self.transform = Compose([ToTensor(), Normalize(MEAN, STD)])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def plain_steps(images, labels, net, _):
    loader = DataLoader(Images(images, labels), TRAIN_BATCH, shuffle=True, num_workers=2)
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters())
    net.train()
    while True:
        for batch, classes in loader:
            optimizer.zero_grad()
            loss = loss_of(net(batch), classes)
            loss.backward()
            optimizer.step()
            loss.item()
            yield


class Resident:
    """All images as bytes in one tensor, batches normalised and channels-last."""

    def __init__(self, images, labels):
        self.images = torch.from_numpy(images)
        self.labels = torch.from_numpy(labels)
        self.mean = torch.tensor(MEAN).mul(255).view(1, 3, 1, 1)
        self.scale = torch.tensor(STD).mul(255).reciprocal().view(1, 3, 1, 1)

    def batch(self, index):
        return self.images[index].permute(0, 3, 1, 2).float().sub_(self.mean).mul_(self.scale)


def tuned_steps(images, labels, net, bf16):
    data = Resident(images, labels)
    net = net.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.Adam(net.parameters(), fused=True)
    while True:
        for index in torch.randperm(len(images)).split(TRAIN_BATCH):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                loss = nn.functional.cross_entropy(net(data.batch(index)), data.labels[index])
            loss.backward()
            optimizer.step()
            yield


def tuned_predictions(images, labels, net, _):
    data = Resident(images, labels)
    net = net.to(memory_format=torch.channels_last).eval()
    while True:
        for index in torch.arange(len(images)).split(TEST_BATCH):
            with torch.inference_mode():
                net(data.batch(index)).numpy()
            yield


STEPS = {
    ("train", "plain"): ("train", plain_steps),
    ("train", "tuned"): ("train", tuned_steps),
    ("evaluate", "tuned"): ("test", tuned_predictions),
}


def main(task, data, description, architecture, version, precision, threads, count):
    torch.set_num_threads(int(threads))
    split, make = STEPS[task, version]
    images, labels = snapshot.load(data, description, split)
    sides = [make(images, labels, NETS[architecture](), precision == "bf16") for _ in range(int(count))]
    print("ready", flush=True)
    for line in sys.stdin:
        steps = int(line)
        start = time.perf_counter()
        others = [threading.Thread(target=take, args=(s, steps, int(threads))) for s in sides[1:]]
        for thread in others:
            thread.start()
        take(sides[0], steps, int(threads))
        for thread in others:
            thread.join()
        print(time.perf_counter() - start, flush=True)


def take(side, steps, threads):
    torch.set_num_threads(threads)
    for _ in range(steps):
        next(side)


if __name__ == "__main__":
    main(*sys.argv[1:])
