"""Records how torchvision's and PyTorch's networks start, for NetworkTest.

Of each tensor its mean, its deviation and its kurtosis (3 for a normal distribution, 1.8 for a
uniform one; 0 where all values are equal). Written with PyTorch 2.7.1 and torchvision 0.22.1:

    python initial.py > initial.json
"""

import json

import torch
import torchvision
from torch import nn


def resnet18():
    net = torchvision.models.resnet18(weights=None, num_classes=10)
    # torchvision's rule for convolutions, which its own stem has had already
    net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    nn.init.kaiming_normal_(net.conv1.weight, mode="fan_out", nonlinearity="relu")
    return net


def smallcnn():
    net, channels = nn.Module(), 3
    for block, width in enumerate((16, 32, 64, 128), 1):
        setattr(net, f"conv{block}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
        setattr(net, f"bn{block}", nn.BatchNorm2d(width))
        channels = width
    net.fc = nn.Linear(2048, 10)
    return net


def fast():
    net, channels = nn.Module(), 64
    net.conv1 = nn.Conv2d(3, 64, 3, stride=2, padding=1, bias=False)
    net.bn1 = nn.BatchNorm2d(64)
    for layer, width in enumerate((128, 256), 1):
        setattr(net, f"layer{layer}", nn.Module())
        for i in (1, 2, 3):
            conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
            setattr(getattr(net, f"layer{layer}"), f"conv{i}", conv)
            setattr(getattr(net, f"layer{layer}"), f"bn{i}", nn.BatchNorm2d(width))
            channels = width
    net.fc = nn.Linear(256, 10)
    return net


def moments(tensor):
    values = tensor.double().flatten()
    mean, deviation = values.mean(), values.std(unbiased=False)
    kurtosis = ((values - mean) / deviation).pow(4).mean() if deviation > 0 else torch.tensor(0.0)
    return [float(f"{x:.6g}") for x in (mean.item(), deviation.item(), kurtosis.item())]


def main():
    torch.manual_seed(0)
    nets = {"RESNET18": resnet18(), "SMALLCNN": smallcnn(), "FAST": fast()}
    rows = [
        f' "{name}": {{\n'
        + ",\n".join(
            f'  "{key}": {json.dumps(moments(value))}'
            for key, value in net.state_dict().items()
            if value.dim() > 0
        )
        + "\n }"
        for name, net in nets.items()
    ]
    print("{\n" + ",\n".join(rows) + "\n}")


main()
