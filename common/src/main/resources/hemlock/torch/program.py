# The training program: forward, loss, gradient and optimiser update in one call.
#
# It owns no tensor. The caller passes all state, and what is passed is updated in place.
# `__torch__.net`, `__torch__.loss` and `__torch__.method` are files of net/, loss/ and method/, chosen
# when the archive is put together.
# Numbers for dtypes are those of c10::ScalarType: 6 float32, 7 float64, 15 bfloat16.
#
# batch: images, labels, then what the loss or the method needs of the batch; or the images' positions
# among kept ones, labels, the rest, and all kept images
# settings: numbers on the host, 0 to 2 the loss's, from 3 the method's
# memory: what the loss looks up, a row each; some losses write to it
class Program(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  compute_dtype : int

  # Gradients of the method's objective, in the memory order of the parameters.
  # Adds [sum of losses, correct predictions, samples] to `totals`.
  def gradients(self: __torch__.Program, batch: List[Tensor], mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor, settings: Tensor, memory: Tensor) -> List[Tensor]:
    if batch[0].dim() == 1:
      batch = [batch[-1].index_select(0, batch[0])] + batch[1:-1]
    leaves = annotate(List[Tensor], [])
    for p in params:
      leaves.append(p.detach().requires_grad_(True))
    objective, loss, correct = __torch__.method.objective(self.compute_dtype, batch, mean, std, leaves, buffers, settings, memory)
    found = torch.grad([objective], leaves)
    grads = annotate(List[Tensor], [])
    for i in range(len(params)):
      g = found[i]
      assert g is not None, "a parameter has no gradient"
      p = params[i]
      if g.stride() != p.stride():
        g = torch.empty_like(p).copy_(g)
      grads.append(g)
    n = float(batch[1].size(0))
    totals.add_(torch.stack([loss.detach().to(totals.dtype) * n, correct.to(totals.dtype), torch.full_like(correct, n, dtype=totals.dtype)]))
    return grads

  # hyper: learning rate, weight decay, momentum
  def train_sgd(self: __torch__.Program, batch: List[Tensor], mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], momentum: List[Tensor], totals: Tensor, hyper: Tensor, settings: Tensor, memory: Tensor) -> Tensor:
    grads = self.gradients(batch, mean, std, params, buffers, totals, settings, memory)
    torch._fused_sgd_(params, grads, momentum, weight_decay=float(hyper[1]), momentum=float(hyper[2]), lr=float(hyper[0]), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    return totals

  # hyper: learning rate, weight decay
  def train_plain_sgd(self: __torch__.Program, batch: List[Tensor], mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor, hyper: Tensor, settings: Tensor, memory: Tensor) -> Tensor:
    grads = self.gradients(batch, mean, std, params, buffers, totals, settings, memory)
    torch._fused_sgd_(params, grads, annotate(List[Tensor], []), weight_decay=float(hyper[1]), momentum=0., lr=float(hyper[0]), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    return totals

  # hyper: learning rate, weight decay, beta1, beta2, epsilon
  def train_adam(self: __torch__.Program, batch: List[Tensor], mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], first: List[Tensor], second: List[Tensor], step: Tensor, totals: Tensor, hyper: Tensor, settings: Tensor, memory: Tensor) -> Tensor:
    grads = self.gradients(batch, mean, std, params, buffers, totals, settings, memory)
    step.add_(1)
    steps = [step for p in params]
    torch._fused_adam_(params, grads, first, second, annotate(List[Tensor], []), steps, lr=float(hyper[0]), beta1=float(hyper[2]), beta2=float(hyper[3]), weight_decay=float(hyper[1]), eps=float(hyper[4]), amsgrad=False, maximize=False)
    return totals

  # For tests: the gradients alone.
  def gradient(self: __torch__.Program, batch: List[Tensor], mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor], totals: Tensor, settings: Tensor, memory: Tensor) -> List[Tensor]:
    return self.gradients(batch, mean, std, params, buffers, totals, settings, memory)

  # For tests: the loss of each row of logits, batch[0], their mean, and the gradient of that.
  def loss_gradient(self: __torch__.Program, batch: List[Tensor], settings: Tensor, memory: Tensor) -> List[Tensor]:
    logits = batch[0].detach().requires_grad_(True)
    losses = __torch__.loss.of(logits, batch[1], batch, settings, memory.clone(), 0)
    mean = __torch__.loss.of(logits, batch[1], batch, settings, memory, 1)
    found = torch.grad([mean], [logits])
    g = found[0]
    assert g is not None, "the logits have no gradient"
    return [losses.detach(), mean.detach(), g]

  # Logits and the features before the last layer, both in the dtype of mean.
  def predict(self: __torch__.Program, images: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor]) -> Tuple[Tensor, Tensor]:
    x = __torch__.layers.pixels(images, mean, std).to(self.compute_dtype)
    logits, features = __torch__.net.forward(x, params, buffers, False)
    return (logits.to(mean.dtype), features.to(mean.dtype))

  def forward(self: __torch__.Program, images: Tensor, mean: Tensor, std: Tensor, params: List[Tensor], buffers: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return self.predict(images, mean, std, params, buffers)
