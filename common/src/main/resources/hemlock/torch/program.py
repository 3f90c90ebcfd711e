# The training program: forward, loss, gradient and optimiser update in one call.
#
# It owns no tensor. The caller passes all state, and what is passed is updated in place.
# `__torch__.net` is one of the files in net/, chosen when the archive is put together.
# Numbers for dtypes are those of c10::ScalarType: 6 float32, 7 float64, 15 bfloat16.
class Program(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  compute_dtype : int

  # uint8 NHWC to normalised NCHW in channels-last memory order.
  def pixels(self: __torch__.Program, images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    x = images.to(mean.dtype).div_(255.).sub_(mean).div_(std)
    return x.permute([0, 3, 1, 2]).to(self.compute_dtype)

  # Gradients of the mean cross-entropy, in the memory order of the parameters.
  # Adds [sum of losses, correct predictions, samples] to `totals`.
  def gradients(self: __torch__.Program, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor, label_smoothing: float) -> List[Tensor]:
    leaves = annotate(List[Tensor], [])
    for p in params:
      leaves.append(p.detach().requires_grad_(True))
    logits, features = __torch__.net.forward(self.pixels(images, mean, std), leaves, buffers, True)
    logits = logits.to(mean.dtype)
    loss = torch.cross_entropy_loss(logits, labels, None, 1, -100, label_smoothing)
    found = torch.grad([loss], leaves)
    grads = annotate(List[Tensor], [])
    for i in range(len(params)):
      g = found[i]
      assert g is not None, "a parameter has no gradient"
      p = params[i]
      if g.stride() != p.stride():
        g = torch.empty_like(p).copy_(g)
      grads.append(g)
    n = float(labels.size(0))
    correct = logits.detach().argmax(1).eq(labels).sum()
    totals.add_(torch.stack([loss.detach().to(totals.dtype) * n, correct.to(totals.dtype), torch.full_like(correct, n, dtype=totals.dtype)]))
    return grads

  # hyper: learning rate, weight decay, momentum, label smoothing
  def train_sgd(self: __torch__.Program, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], momentum: List[Tensor], totals: Tensor, hyper: Tensor) -> Tensor:
    grads = self.gradients(images, labels, mean, std, params, buffers, totals, float(hyper[3]))
    torch._fused_sgd_(params, grads, momentum, weight_decay=float(hyper[1]), momentum=float(hyper[2]), lr=float(hyper[0]), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    return totals

  # hyper: learning rate, weight decay, 0, label smoothing
  def train_plain_sgd(self: __torch__.Program, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor, hyper: Tensor) -> Tensor:
    grads = self.gradients(images, labels, mean, std, params, buffers, totals, float(hyper[3]))
    torch._fused_sgd_(params, grads, annotate(List[Tensor], []), weight_decay=float(hyper[1]), momentum=0., lr=float(hyper[0]), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    return totals

  # hyper: learning rate, weight decay, beta1, label smoothing, beta2, epsilon
  def train_adam(self: __torch__.Program, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], first: List[Tensor], second: List[Tensor], step: Tensor, totals: Tensor, hyper: Tensor) -> Tensor:
    grads = self.gradients(images, labels, mean, std, params, buffers, totals, float(hyper[3]))
    step.add_(1)
    steps = [step for p in params]
    torch._fused_adam_(params, grads, first, second, annotate(List[Tensor], []), steps, lr=float(hyper[0]), beta1=float(hyper[2]), beta2=float(hyper[4]), weight_decay=float(hyper[1]), eps=float(hyper[5]), amsgrad=False, maximize=False)
    return totals

  # For tests: the gradients alone.
  def gradient(self: __torch__.Program, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor) -> List[Tensor]:
    return self.gradients(images, labels, mean, std, params, buffers, totals, 0.)

  # Logits and the features before the last layer, both in the dtype of mean.
  def predict(self: __torch__.Program, images: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor]) -> Tuple[Tensor, Tensor]:
    logits, features = __torch__.net.forward(self.pixels(images, mean, std), params, buffers, False)
    return (logits.to(mean.dtype), features.to(mean.dtype))

  def forward(self: __torch__.Program, images: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return self.predict(images, mean, std, params, buffers)
