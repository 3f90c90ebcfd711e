# Layers over explicit weights. Weights are cast to the dtype of the activations; batch
# normalisation keeps its weights and statistics in their own dtype.
def conv(x: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
  return torch.conv2d(x, w.to(x.dtype), None, [stride, stride], [padding, padding], [1, 1], 1)

# n: which batch norm of the net; its weight and bias are p[at] and p[at + 1].
def norm(x: Tensor, p: List[Tensor], at: int, b: List[Tensor], n: int, train: bool) -> Tensor:
  return torch.batch_norm(x, p[at], p[at + 1], b[2 * n], b[2 * n + 1], train, 0.10000000000000001, 1.0000000000000001e-05, True)

# Convolution, then batch norm. In evaluation the norm is folded into the weights: one pass less.
def conv_norm(x: Tensor, p: List[Tensor], at: int, stride: int, padding: int, b: List[Tensor], n: int, train: bool) -> Tensor:
  w = p[at]
  if train:
    return __torch__.layers.norm(__torch__.layers.conv(x, w, stride, padding), p, at + 1, b, n, train)
  scale = p[at + 1] * torch.rsqrt(b[2 * n + 1] + 1.0000000000000001e-05)
  bias = p[at + 2] - b[2 * n] * scale
  w = w * scale.reshape([-1, 1, 1, 1])
  return torch.conv2d(x, w.to(x.dtype), bias.to(x.dtype), [stride, stride], [padding, padding], [1, 1], 1)

def linear(x: Tensor, p: List[Tensor], at: int) -> Tensor:
  return torch.linear(x, p[at].to(x.dtype), p[at + 1].to(x.dtype))

# uint8 NHWC to normalised NCHW in channels-last memory order, in the dtype of mean.
def pixels(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
  x = images.to(mean.dtype).div_(255.).sub_(mean).div_(std)
  return x.permute([0, 3, 1, 2])

# Of each row, the logarithm of the softmax at the label.
def log_probability(logits: Tensor, labels: Tensor) -> Tensor:
  return torch.log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1)

# reduction: 0 for one loss a sample, 1 for their mean.
def reduce(losses: Tensor, reduction: int) -> Tensor:
  if reduction == 1:
    losses = losses.mean()
  return losses
