# One network on the batch as it is.
# Gives what is minimised, the mean loss, and how many predictions are as labelled.
def objective(dtype: int, batch: List[Tensor], mean: Tensor, std: Tensor, leaves: List[Tensor], buffers: List[Tensor], settings: Tensor, memory: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  labels = batch[1]
  x = __torch__.layers.pixels(batch[0], mean, std).to(dtype)
  logits, features = __torch__.net.forward(x, leaves, buffers, True)
  logits = logits.to(mean.dtype)
  loss = __torch__.loss.of(logits, labels, batch, settings, memory, 1)
  return (loss, loss, logits.detach().argmax(1).eq(labels).sum())
