# Loads model.safetensors and model.json from the working directory.
import json

import torch
from safetensors.torch import load_file
from torch import nn

card = json.load(open("model.json"))
classes, channels = len(card["classNames"]), card["imageShape"]["channels"]


class Layer(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        for i in (1, 2, 3):
            setattr(self, f"conv{i}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(width))
            channels = width

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x), 2, ceil_mode=True)
        x = torch.relu(self.bn1(x))
        y = torch.relu(self.bn2(self.conv2(x)))
        return x + torch.relu(self.bn3(self.conv3(y)))


class Fast(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = Layer(64, 128)
        self.layer2 = Layer(128, 256)
        self.fc = nn.Linear(256, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer2(self.layer1(x)).amax((2, 3)))


model = Fast()
model.load_state_dict(load_file("model.safetensors"), strict=True)
model.eval()

mean = torch.tensor(card["mean"]).view(-1, 1, 1)
deviation = torch.tensor(card["standardDeviation"]).view(-1, 1, 1)


@torch.no_grad()
def logits(images):
    """images: uint8 tensor of N x height x width x channels."""
    return model((images.permute(0, 3, 1, 2).float() / 255 - mean) / deviation)
