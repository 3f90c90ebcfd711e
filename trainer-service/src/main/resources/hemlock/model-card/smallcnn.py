# Loads model.safetensors and model.json from the working directory.
import json

import torch
from safetensors.torch import load_file
from torch import nn

card = json.load(open("model.json"))
classes, shape = len(card["classNames"]), card["imageShape"]


class SmallCnn(nn.Module):
    def __init__(self):
        super().__init__()
        channels, side, self.blocks = shape["channels"], min(shape["height"], shape["width"]), 0
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
                x = nn.functional.max_pool2d(x, 2)
            x = torch.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 4).flatten(1))


model = SmallCnn()
model.load_state_dict(load_file("model.safetensors"), strict=True)
model.eval()

mean = torch.tensor(card["mean"]).view(-1, 1, 1)
deviation = torch.tensor(card["standardDeviation"]).view(-1, 1, 1)


@torch.no_grad()
def logits(images):
    """images: uint8 tensor of N x height x width x channels."""
    return model((images.permute(0, 3, 1, 2).float() / 255 - mean) / deviation)
