# A stride-2 3x3 stem; twice [3x3 convolution, 2x2 max-pool, batch norm, ReLU, residual block of two
# 3x3 convolutions]; the largest value of each map; then linear.
# Three parameters a convolution (its weight, the norm's weight and bias); the last two are fc's.
def conv_norm(x: Tensor, p: List[Tensor], b: List[Tensor], i: int, stride: int, train: bool) -> Tensor:
  return torch.relu_(__torch__.layers.conv_norm(x, p, 3 * i, stride, 1, b, i, train))

# The norm of a pooled map can't be folded: where its weight is negative, the pool would take minima.
def layer(x: Tensor, p: List[Tensor], b: List[Tensor], i: int, train: bool) -> Tensor:
  x = torch.max_pool2d(__torch__.layers.conv(x, p[3 * i], 1, 1), [2, 2], [2, 2], [0, 0], [1, 1], True)
  x = torch.relu_(__torch__.layers.norm(x, p, 3 * i + 1, b, i, train))
  y = __torch__.net.conv_norm(x, p, b, i + 1, 1, train)
  return x.add(__torch__.net.conv_norm(y, p, b, i + 2, 1, train))

def forward(x: Tensor, p: List[Tensor], b: List[Tensor], train: bool) -> Tuple[Tensor, Tensor]:
  x = __torch__.net.conv_norm(x, p, b, 0, 2, train)
  x = __torch__.net.layer(x, p, b, 1, train)
  x = __torch__.net.layer(x, p, b, 4, train)
  features = x.amax([2, 3])
  return (__torch__.layers.linear(features, p, 21), features)
