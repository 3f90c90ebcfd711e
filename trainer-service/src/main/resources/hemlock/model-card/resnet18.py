# Loads model.safetensors and model.json from the working directory into torchvision's ResNet-18.
import json

import torch
import torchvision
from safetensors.torch import load_file

card = json.load(open("model.json"))
classes, channels = len(card["classNames"]), card["imageShape"]["channels"]

model = torchvision.models.resnet18(weights=None)
model.conv1 = torch.nn.Conv2d(channels, 64, kernel_size=3, stride=1, padding=1, bias=False)
model.maxpool = torch.nn.Identity()
model.fc = torch.nn.Linear(512, classes)
model.load_state_dict(load_file("model.safetensors"), strict=True)
model.eval()

mean = torch.tensor(card["mean"]).view(-1, 1, 1)
deviation = torch.tensor(card["standardDeviation"]).view(-1, 1, 1)


@torch.no_grad()
def logits(images):
    """images: uint8 tensor of N x height x width x channels."""
    return model((images.permute(0, 3, 1, 2).float() / 255 - mean) / deviation)
