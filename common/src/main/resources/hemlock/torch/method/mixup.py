# One network on images mixed with a partner's, and the loss mixed likewise: Zhang et al. 2018.
# batch[2]: which image of the batch is the partner; batch[3]: the image's own share
def objective(dtype: int, batch: List[Tensor], mean: Tensor, std: Tensor, leaves: List[Tensor], buffers: List[Tensor], settings: Tensor, memory: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  labels = batch[1]
  partners = batch[2]
  other_labels = labels.index_select(0, partners)
  own = batch[3].to(mean.dtype)
  other = torch.rsub(own, 1)
  x = __torch__.layers.pixels(batch[0], mean, std)
  x = x * own.reshape([-1, 1, 1, 1]) + x.index_select(0, partners) * other.reshape([-1, 1, 1, 1])
  logits, features = __torch__.net.forward(x.to(dtype), leaves, buffers, True)
  logits = logits.to(mean.dtype)
  losses = __torch__.loss.of(logits, labels, batch, settings, memory, 0) * own
  losses = losses + __torch__.loss.of(logits, other_labels, batch, settings, memory, 0) * other
  loss = losses.mean()
  predicted = logits.detach().argmax(1)
  correct = predicted.eq(labels) * own + predicted.eq(other_labels) * other
  return (loss, loss, correct.sum())
