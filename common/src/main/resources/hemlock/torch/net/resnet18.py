# torchvision's resnet18 with a 3x3 stride-1 stem and no max-pool.
# Parameters in torchvision's order; at: index of the block's first parameter, n: of its first norm.
def block(x: Tensor, p: List[Tensor], at: int, b: List[Tensor], n: int, stride: int, train: bool) -> Tensor:
  y = torch.relu_(__torch__.layers.conv_norm(x, p, at, stride, 1, b, n, train))
  y = __torch__.layers.conv_norm(y, p, at + 3, 1, 1, b, n + 1, train)
  if stride != 1:
    x = __torch__.layers.conv_norm(x, p, at + 6, stride, 0, b, n + 2, train)
  return torch.relu_(y.add_(x))

def forward(x: Tensor, p: List[Tensor], b: List[Tensor], train: bool) -> Tuple[Tensor, Tensor]:
  x = torch.relu_(__torch__.layers.conv_norm(x, p, 0, 1, 1, b, 0, train))
  x = __torch__.net.block(x, p, 3, b, 1, 1, train)
  x = __torch__.net.block(x, p, 9, b, 3, 1, train)
  x = __torch__.net.block(x, p, 15, b, 5, 2, train)
  x = __torch__.net.block(x, p, 24, b, 8, 1, train)
  x = __torch__.net.block(x, p, 30, b, 10, 2, train)
  x = __torch__.net.block(x, p, 39, b, 13, 1, train)
  x = __torch__.net.block(x, p, 45, b, 15, 2, train)
  x = __torch__.net.block(x, p, 54, b, 18, 1, train)
  features = x.mean([2, 3])
  return (__torch__.layers.linear(features, p, 60), features)
