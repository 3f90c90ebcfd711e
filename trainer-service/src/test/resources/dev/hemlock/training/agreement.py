"""Records what PyTorch itself does over some training steps, for AgreementTest.

Weights and batches come from one integer hash that the test computes too, so only losses and a few
sums are recorded. Written with PyTorch 2.7.1 and torchvision 0.22.1 on one thread:

    python agreement.py > agreement.json

Each case is trained twice, on contiguous and on channels-last tensors; `divergence` is how far
PyTorch is from itself: the largest relative difference of losses, and that of all tensors together.
Of a tensor, how it moved is recorded: the movement's norm and its product with a random vector. The
difference of two movements over their norm is estimated from these products.
"""

import json

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy, max_pool2d

MEAN, DEVIATION = 0.45, 0.25


def hashed(stream, count):
    """The 32-bit finaliser of MurmurHash3 over stream * 2^20 + i, as uint32."""
    h = (np.arange(count, dtype=np.uint64) + np.uint64(stream << 20)).astype(np.uint32)
    with np.errstate(over="ignore"):
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return h


def symmetric(stream, count):
    """Float32 values in [-1, 1), the upper 24 bits of each hash."""
    return ((hashed(stream, count) >> np.uint32(8)).astype(np.float32) * np.float32(2**-23)) - 1


class SmallCnn(nn.Module):
    def __init__(self, channels, side, classes):
        super().__init__()
        self.blocks = 0
        for width in (16, 32, 64, 128):
            self.blocks += 1
            setattr(self, f"conv{self.blocks}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
            setattr(self, f"bn{self.blocks}", nn.BatchNorm2d(width))
            channels, side = width, side // 2
            if side < 4:
                break
        self.fc = nn.Linear(channels * 16, classes)

    def forward(self, x):
        for i in range(1, self.blocks + 1):
            if i > 1:
                x = max_pool2d(x, 2)
            x = torch.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        return self.fc(adaptive_avg_pool2d(x, 4).flatten(1))


class Layer(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        for i in (1, 2, 3):
            setattr(self, f"conv{i}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(width))
            channels = width

    def forward(self, x):
        x = torch.relu(self.bn1(max_pool2d(self.conv1(x), 2, ceil_mode=True)))
        y = torch.relu(self.bn2(self.conv2(x)))
        return x + torch.relu(self.bn3(self.conv3(y)))


class Fast(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = Layer(64, 128)
        self.layer2 = Layer(128, 256)
        self.fc = nn.Linear(256, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer2(self.layer1(x)).amax((2, 3)))


def network(case):
    if case["architecture"] == "SMALLCNN":
        return SmallCnn(case["channels"], case["side"], case["classes"])
    if case["architecture"] == "FAST":
        return Fast(case["channels"], case["classes"])
    net = torchvision.models.resnet18(weights=None, num_classes=case["classes"])
    net.conv1 = nn.Conv2d(case["channels"], 64, 3, 1, 1, bias=False)
    net.maxpool = nn.Identity()
    return net


def train(case, memory_format):
    dtype = torch.float64 if case["precision"] == "FP64" else torch.float32
    net = network(case).to(dtype)
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            if p.dim() > 1:
                fan_in = p[0].numel()
                bound = np.float32(np.sqrt(3.0 / fan_in))
                values = torch.from_numpy(symmetric(i, p.numel()) * bound)
                p.copy_(values.view(p.shape))
            else:
                p.fill_(1.0 if i % 3 == 1 and i < len(list(net.parameters())) - 1 else 0.0)
    initial = {k: v.double().clone() for k, v in net.state_dict().items() if v.dim() > 0}
    net = net.to(memory_format=memory_format).train()
    if case["optimizer"] == "adam":
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001, weight_decay=0.0001)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=case["rate"], momentum=0.9, weight_decay=0.0005)
    schedule = None
    if case.get("oneCycle"):
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=case["rate"], total_steps=case["steps"], cycle_momentum=False
        )
    losses, n = [], case["batch"]
    for step in range(case["steps"]):
        size = n * case["side"] ** 2 * case["channels"]
        pixels = (hashed(1000 + step, size) >> np.uint32(24)).astype(np.uint8)
        labels = (hashed(2000 + step, n) % case["classes"]).astype(np.int64)
        x = torch.from_numpy(pixels).view(n, case["side"], case["side"], case["channels"])
        x = x.permute(0, 3, 1, 2).to(dtype).contiguous(memory_format=memory_format)
        x = (x / 255 - torch.tensor(MEAN, dtype=dtype)) / torch.tensor(DEVIATION, dtype=dtype)
        with torch.autocast("cpu", torch.bfloat16, enabled=case["precision"] == "BF16"):
            logits = net(x)
        smoothing = case.get("labelSmoothing", 0.0)
        loss = cross_entropy(
            logits.to(dtype), torch.from_numpy(labels), label_smoothing=smoothing
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule:
            schedule.step()
        losses.append(loss.item())
    final = net.state_dict()
    return np.array(losses), {k: (final[k].double() - initial[k]).contiguous() for k in initial}


def sums(moved):
    """By tensor, its norm and its product with the hash's values."""
    probes = {k: torch.from_numpy(symmetric(7, v.numel())).double() for k, v in moved.items()}
    return {k: [float(v.norm()), float(v.flatten() @ probes[k])] for k, v in moved.items()}


def distance(one, other):
    """The norm of the difference over the norm, estimated: a value's square has mean 1/3."""
    difference = sum((one[k][1] - other[k][1]) ** 2 for k in one) * 3
    return (difference / sum(one[k][0] ** 2 for k in one)) ** 0.5


def record(case):
    losses, moved = train(case, torch.contiguous_format)
    again, moved2 = train(case, torch.channels_last)
    case["losses"] = losses.tolist()
    case["tensors"] = sums(moved)
    case["divergence"] = {
        "losses": float((abs(losses - again) / abs(losses)).max()),
        "tensors": distance(sums(moved), sums(moved2)),
    }
    return case


def main():
    torch.set_num_threads(1)
    small = dict(architecture="SMALLCNN", channels=1, side=8, classes=10, batch=32, steps=20)
    large = dict(architecture="RESNET18", channels=3, side=16, classes=10, batch=16, steps=20)
    fast = dict(architecture="FAST", channels=3, side=32, classes=10, batch=16, steps=20)
    cases = [
        dict(small, optimizer="sgd", rate=0.05, precision="FP32"),
        dict(small, optimizer="adam", precision="FP64"),
        dict(small, optimizer="adam", precision="FP32"),
        dict(small, channels=3, side=28, batch=8, steps=5, optimizer="adam", precision="FP64"),
        dict(large, optimizer="sgd", rate=0.00003, precision="FP32"),
        dict(large, optimizer="adam", precision="FP32", steps=5),
        dict(large, optimizer="adam", precision="FP64", batch=8, steps=3),
        dict(large, optimizer="sgd", rate=0.001, precision="FP32"),
        dict(small, channels=3, side=32, batch=16, optimizer="adam", precision="BF16"),
        dict(large, optimizer="sgd", rate=0.001, precision="BF16"),
        dict(fast, optimizer="sgd", rate=0.00002, precision="FP32"),
        dict(fast, optimizer="sgd", rate=0.00002, precision="FP32", oneCycle=True, labelSmoothing=0.1),
        dict(fast, channels=1, side=20, optimizer="adam", precision="FP64", steps=5),
        dict(fast, optimizer="adam", precision="FP32", steps=5),
    ]
    print(json.dumps([record(case) for case in cases], indent=1))


if __name__ == "__main__":
    main()
