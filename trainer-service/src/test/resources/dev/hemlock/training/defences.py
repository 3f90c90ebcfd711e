"""Records what PyTorch does over some steps with robust losses and methods, for DefenceAgreementTest.

Weights, batches and draws come from the integer hash of agreement.py, which the test computes too.
The steps are written out from the papers. Written with PyTorch 2.7.1 on one thread:

    python defences.py > defences.json

As in agreement.py each case is trained on contiguous and on channels-last tensors, and `divergence`
is how far these are apart.
"""

import copy
import json

import numpy as np
import torch
from torch.nn.functional import cross_entropy, softmax

from agreement import DEVIATION, MEAN, distance, hashed, network, sums, symmetric


def weights(net, first_stream):
    """Convolutions and the linear layer uniform with variance 1 / fan-in, the rest as it is made."""
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            if p.dim() > 1:
                bound = np.float32(np.sqrt(3.0 / p[0].numel()))
                values = symmetric(first_stream + i, p.numel()) * bound
                p.copy_(torch.from_numpy(values).view(p.shape))
        net.fc.bias.zero_()
    return net


def values(case, step, stream, low_high):
    count = case["batch"] * case["side"] ** 2 * case["channels"]
    shape = (case["batch"], case["side"], case["side"], case["channels"])
    return torch.from_numpy(low_high(stream + step, count)).view(shape).permute(0, 3, 1, 2)


def pixels(case, step):
    return values(case, step, 1000, lambda s, n: (hashed(s, n) >> np.uint32(24)).astype(np.uint8))


def labels(case, step):
    return torch.from_numpy((hashed(2000 + step, case["batch"]) % case["classes"]).astype(np.int64))


def shares(case, step, dtype):
    own = (hashed(3000 + step, case["batch"]) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    return torch.from_numpy(own).to(dtype)


def partners(case):
    return (torch.arange(case["batch"]) * 5 + 1) % case["batch"]


def normalised(x, dtype, memory_format):
    x = x.to(dtype).contiguous(memory_format=memory_format)
    return (x / 255 - torch.tensor(MEAN, dtype=dtype)) / torch.tensor(DEVIATION, dtype=dtype)


class EarlyLearning:
    """The authors' loss; the samples of step s are at positions s * batch // 2 and following."""

    def __init__(self, case):
        self.case = case
        self.targets = torch.zeros(case["batch"] * (case["steps"] + 1) // 2, case["classes"]).double()

    def __call__(self, logits, y, step):
        start = step * self.case["batch"] // 2
        at = torch.arange(start, start + self.case["batch"])
        p = softmax(logits.double(), 1).clamp(1e-4, 1 - 1e-4)
        seen = p.detach()
        self.targets[at] = 0.7 * self.targets[at] + 0.3 * seen / seen.sum(1, keepdim=True)
        regularisation = (1 - (self.targets[at] * p).sum(1)).log().mean()
        return cross_entropy(logits.double(), y) + 3 * regularisation


def gce(logits, y, step):
    return ((1 - softmax(logits, 1).gather(1, y[:, None]) ** 0.7) / 0.7).mean()


def plain(logits, y, step):
    return cross_entropy(logits, y)


def attack(net, loss, x, y, step, case, dtype, memory_format):
    """Madry et al.: clipped to the box around the image, then to valid pixels, after each step."""
    net = copy.deepcopy(net)
    natural = x.to(dtype)
    changed = natural + 8 * values(case, step, 5000, symmetric).to(dtype)
    for _ in range(3):
        changed = changed.detach().requires_grad_()
        gradient = torch.autograd.grad(
            loss(net(normalised(changed, dtype, memory_format)), y, step), changed
        )[0]
        changed = changed.detach() + 2 * gradient.sign()
        changed = torch.clamp(changed, natural - 8, natural + 8).clamp(0, 255)
    return changed


def co_teaching(one, other, y, forget_rate):
    """Han et al.: each network learns from what the other finds easiest. Losses of both."""
    kept = int((1 - forget_rate) * len(y))
    easy_one = cross_entropy(one, y, reduction="none").argsort(stable=True)[:kept]
    easy_other = cross_entropy(other, y, reduction="none").argsort(stable=True)[:kept]
    return (
        cross_entropy(one[easy_other], y[easy_other]),
        cross_entropy(other[easy_one], y[easy_one]),
    )


def train(case, memory_format):
    dtype = torch.float64 if case["precision"] == "FP64" else torch.float32
    loss = dict(CE=plain, GCE=gce, ELR=EarlyLearning(case))[case["loss"]]
    nets = [weights(network(case).to(dtype), 0)]
    if case["method"] == "CO_TEACHING":
        nets.append(weights(network(case).to(dtype), 100))
    initial = {k: v.double().clone() for k, v in nets[0].state_dict().items() if v.dim() > 0}
    nets = [net.to(memory_format=memory_format).train() for net in nets]
    optimizers = [
        torch.optim.SGD(net.parameters(), lr=case["rate"], momentum=0.9, weight_decay=0.0005)
        for net in nets
    ]
    losses = []
    for step in range(case["steps"]):
        x, y = pixels(case, step), labels(case, step)
        if case["method"] == "MIXUP":
            own, other = shares(case, step, dtype), partners(case)
            x = normalised(x, dtype, memory_format)
            x = own[:, None, None, None] * x + (1 - own)[:, None, None, None] * x[other]
            logits = nets[0](x)
            each = own * cross_entropy(logits, y, reduction="none")
            each = each + (1 - own) * cross_entropy(logits, y[other], reduction="none")
            minimised = [each.mean()]
            shown = minimised[0]
        elif case["method"] == "CO_TEACHING":
            x = normalised(x, dtype, memory_format)
            logits = [net(x) for net in nets]
            minimised = co_teaching(*logits, y, 0.3)
            shown = cross_entropy(logits[0], y)
        else:
            if case["method"] == "ADVERSARIAL":
                x = attack(nets[0], loss, x, y, step, case, dtype, memory_format)
            minimised = [loss(nets[0](normalised(x, dtype, memory_format)), y, step)]
            shown = minimised[0]
        for optimizer, value in zip(optimizers, minimised):
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        losses.append(shown.item())
    final = nets[0].state_dict()
    return np.array(losses), {k: (final[k].double() - initial[k]).contiguous() for k in initial}


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
    small = dict(
        architecture="SMALLCNN", channels=1, side=8, classes=10, batch=32, steps=20, rate=0.05
    )
    cases = [
        dict(small, loss=loss, method=method, precision=precision)
        for loss, method in (
            ("GCE", "PLAIN"),
            ("ELR", "PLAIN"),
            ("CE", "MIXUP"),
            ("CE", "CO_TEACHING"),
            ("CE", "ADVERSARIAL"),
            ("GCE", "ADVERSARIAL"),
        )
        for precision in ("FP32", "FP64")
    ]
    print(json.dumps([record(case) for case in cases], indent=1))


if __name__ == "__main__":
    main()
