"""Records what PyTorch predicts in evaluation mode, for PredictionTest.

Weights, running statistics and images come from the hash of agreement.py, so only logits are
recorded. Norm weights have both signs. Written with PyTorch 2.7.1 and torchvision 0.22.1:

    python prediction.py > prediction.json
"""

import json

import torch

from agreement import DEVIATION, MEAN, hashed, network, symmetric

IMAGES = 3


def fill(net):
    with torch.no_grad():
        for i, (name, p) in enumerate(net.named_parameters()):
            values = torch.from_numpy(symmetric(i, p.numel())).double().view(p.shape)
            if p.dim() > 1:
                p.copy_(values * (3 / p[0].numel()) ** 0.5)
            else:
                p.copy_(values + 0.5 if name.endswith("weight") else values)
        statistics = [(k, b) for k, b in net.named_buffers() if b.dim() > 0]
        for i, (name, b) in enumerate(statistics):
            values = torch.from_numpy(symmetric(500 + i, b.numel())).double()
            b.copy_(values if name.endswith("mean") else 1 + values / 2)


def record(case):
    net = network(case).double().eval()
    fill(net)
    size = IMAGES * case["side"] ** 2 * case["channels"]
    pixels = (hashed(1000, size) >> 24).astype("uint8")
    x = torch.from_numpy(pixels).view(IMAGES, case["side"], case["side"], case["channels"])
    with torch.no_grad():
        logits = net((x.permute(0, 3, 1, 2).double() / 255 - MEAN) / DEVIATION)
    return {**case, "logits": logits.flatten().tolist()}


def main():
    cases = [
        dict(architecture="RESNET18", channels=3, side=16, classes=10),
        dict(architecture="SMALLCNN", channels=1, side=12, classes=4),
        dict(architecture="FAST", channels=3, side=20, classes=10),
    ]
    print(json.dumps([record(case) for case in cases], indent=1))


main()
