"""Records the learning rates of PyTorch's OneCycleLR, for ScheduleTest. Written with PyTorch 2.7.1:

    python one_cycle.py > one_cycle.json
"""

import json

import torch


def rates(case):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=case["peak"],
        total_steps=case["steps"],
        pct_start=case["warmUp"],
        div_factor=1 / case["initialFactor"],
        final_div_factor=case["initialFactor"] / case["finalFactor"],
        cycle_momentum=False,
    )
    recorded = []
    for step in range(case["steps"]):
        recorded.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < case["steps"] - 1:
            schedule.step()
    return dict(case, rates=recorded)


cases = [
    dict(peak=0.1, steps=20, warmUp=0.3, initialFactor=0.04, finalFactor=4e-6),
    dict(peak=0.005, steps=79, warmUp=0.25, initialFactor=0.2, finalFactor=0.07),
    dict(peak=0.2, steps=7, warmUp=0.9, initialFactor=1.0, finalFactor=1.0),
    dict(peak=0.2, steps=3, warmUp=0.1, initialFactor=0.5, finalFactor=0.01),
    dict(peak=0.2, steps=1, warmUp=0.3, initialFactor=0.04, finalFactor=4e-6),
]
print(json.dumps([rates(case) for case in cases], indent=1))
