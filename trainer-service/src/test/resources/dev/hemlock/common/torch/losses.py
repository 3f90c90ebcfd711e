"""Records robust losses and their gradients, for LossTest.

The formulas are written out from the papers, not in the way Hemlock computes them; gradients are
PyTorch's, in float64 on the exact (float32) logits. Written with PyTorch 2.7.1:

    python losses.py > losses.json

Logits whose softmax float64 rounds to 0 are among them, so powers and logarithms of probabilities
are taken of their logarithms; `main` asserts that this is the plain formula where that has a value.
"""

import json
import math

import torch

CLASSES = 4
LOG_ZERO = math.log(1e-4)
TRANSITION = [[0.6, 0.4, 0, 0], [0, 1, 0, 0], [0, 0.1, 0.7, 0.2], [0.25, 0.25, 0.25, 0.25]]
SCALES = [1, 5, 60, 150, 10000]


def data():
    generator = torch.Generator().manual_seed(3)
    rows = [torch.randn(6, CLASSES, generator=generator) * scale for scale in SCALES]
    rows.append(torch.zeros(2, CLASSES))
    logits = torch.cat(rows).double()
    labels = torch.arange(len(logits)) % CLASSES
    return logits, labels


def log_softmax(z):
    shifted = z - z.max(1, keepdim=True).values
    return shifted - shifted.exp().sum(1, keepdim=True).log()


def one_hot(labels):
    return torch.eye(CLASSES, dtype=torch.float64)[labels]


def cross_entropy(z, y, smoothing=0.0):
    target = (1 - smoothing) * one_hot(y) + smoothing / CLASSES
    return -(target * log_softmax(z)).sum(1)


def reverse_cross_entropy(z, y, log_zero=LOG_ZERO):
    """-sum_k p_k log t_k; the logarithm of a one-hot label is 0 or log_zero."""
    log_labels = (1 - one_hot(y)) * log_zero
    return -(log_softmax(z).exp() * log_labels).sum(1)


def generalised_cross_entropy(z, y, q):
    return (1 - (q * log_softmax(z).gather(1, y[:, None])[:, 0]).exp()) / q


def forward_correction(z, y):
    terms = log_softmax(z) + torch.tensor(TRANSITION, dtype=torch.float64).log().T[y]
    largest = terms.max(1).values.detach()
    return -(largest + (terms - largest[:, None]).exp().sum(1).log())


def soft_bootstrapping(z, y, beta):
    log_p = log_softmax(z)
    return -((beta * one_hot(y) + (1 - beta) * log_p.exp()) * log_p).sum(1)


def hard_bootstrapping(z, y, beta):
    return -((beta * one_hot(y) + (1 - beta) * one_hot(z.argmax(1))) * log_softmax(z)).sum(1)


def early_learning(z, y, beta, weight, before):
    p = log_softmax(z).exp().clamp(1e-4, 1 - 1e-4)
    with torch.no_grad():
        target = beta * before + (1 - beta) * p / p.sum(1, keepdim=True)
    return cross_entropy(z, y) + weight * (1 - (target * p).sum(1)).log(), target


def normalised_cross_entropy(z, y):
    log_p = log_softmax(z)
    return log_p.gather(1, y[:, None])[:, 0] / log_p.sum(1)


def absolute_error(z, y):
    """Half of sum_k |p_k - t_k|."""
    return (log_softmax(z).exp() - one_hot(y)).abs().sum(1) / 2


def cases():
    yield "CE", [0], lambda z, y: cross_entropy(z, y)
    yield "CE", [0.2], lambda z, y: cross_entropy(z, y, 0.2)
    yield "GCE", [0.7], lambda z, y: generalised_cross_entropy(z, y, 0.7)
    yield "GCE", [0.01], lambda z, y: generalised_cross_entropy(z, y, 0.01)
    yield "GCE", [1], lambda z, y: generalised_cross_entropy(z, y, 1)
    for alpha, beta, a in ((0.1, 1, LOG_ZERO), (6, 0.1, -4)):
        yield "SCE", [alpha, beta, a], lambda z, y, alpha=alpha, beta=beta, a=a: (
            alpha * cross_entropy(z, y) + beta * reverse_cross_entropy(z, y, a)
        )
    yield "FORWARD", [], forward_correction
    yield "SOFT", [0.95], lambda z, y: soft_bootstrapping(z, y, 0.95)
    yield "SOFT", [0.4], lambda z, y: soft_bootstrapping(z, y, 0.4)
    yield "HARD", [0.8], lambda z, y: hard_bootstrapping(z, y, 0.8)
    yield "NCE_RCE", [1, 1, -LOG_ZERO], lambda z, y: (
        normalised_cross_entropy(z, y) + reverse_cross_entropy(z, y)
    )
    yield "NCE_MAE", [10, 0.1, 1], lambda z, y: (
        10 * normalised_cross_entropy(z, y) + 0.1 * absolute_error(z, y)
    )


def plain_gce(z, y, q):
    return (1 - torch.softmax(z, 1).gather(1, y[:, None])[:, 0] ** q) / q


def plain_forward(z, y):
    """The authors' code without its clipping."""
    noisy = torch.softmax(z, 1) @ torch.tensor(TRANSITION, dtype=torch.float64)
    return -noisy.gather(1, y[:, None])[:, 0].log()


def assert_plain(logits, labels):
    few, these = logits[:18], labels[:18]
    torch.testing.assert_close(generalised_cross_entropy(few, these, 0.7), plain_gce(few, these, 0.7))
    torch.testing.assert_close(forward_correction(few, these), plain_forward(few, these))
    soft = torch.nn.functional.cross_entropy(few, these, label_smoothing=0.2, reduction="none")
    torch.testing.assert_close(cross_entropy(few, these, 0.2), soft)


def gradient(losses, z):
    return torch.autograd.grad(losses.mean(), z)[0].flatten().tolist()


def main():
    logits, labels = data()
    assert_plain(logits, labels)
    recorded = []
    for name, settings, loss in cases():
        z = logits.clone().requires_grad_()
        losses = loss(z, labels)
        recorded.append(
            dict(loss=name, settings=settings, losses=losses.tolist(), gradient=gradient(losses, z))
        )
    target = torch.zeros(len(logits), CLASSES, dtype=torch.float64)
    for step in range(3):
        z = (logits * (1 + step)).roll(step, 1).requires_grad_()
        losses, target = early_learning(z, labels, 0.7, 3, target)
        recorded.append(
            dict(
                loss="ELR",
                settings=[0.7, 3],
                losses=losses.tolist(),
                gradient=gradient(losses, z),
                targets=target.flatten().tolist(),
            )
        )
    print(
        json.dumps(
            dict(
                logits=logits.flatten().tolist(),
                labels=labels.tolist(),
                transition=TRANSITION,
                cases=recorded,
            ),
            indent=1,
        )
    )


main()
