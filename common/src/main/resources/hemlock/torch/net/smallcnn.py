# [3x3 convolution, batch norm, ReLU] with 2x2 max-pools between, averaged to 4x4, then linear.
# Three parameters a convolution (its weight, the norm's weight and bias); the last two are fc's.
def forward(x: Tensor, p: List[Tensor], b: List[Tensor], train: bool) -> Tuple[Tensor, Tensor]:
  blocks = (len(p) - 2) // 3
  for i in range(blocks):
    if i > 0:
      x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], False)
    x = torch.relu_(__torch__.layers.conv_norm(x, p, 3 * i, 1, 1, b, i, train))
  if x.size(2) != 4 or x.size(3) != 4:
    x = torch.adaptive_avg_pool2d(x, [4, 4])
  features = x.flatten(1, -1)
  return (__torch__.layers.linear(features, p, len(p) - 2), features)
