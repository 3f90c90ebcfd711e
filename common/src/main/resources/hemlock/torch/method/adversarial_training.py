# One network on images changed to raise its loss: projected gradient ascent, Madry et al. 2018.
# Pixels run from 0 to 255. The attack sees the statistics of its batch; running ones don't move.
# batch[2]: where it starts in the box, -1 to 1 for each value of an image
# settings: 3 epsilon, 4 step size, 5 steps
def objective(dtype: int, batch: List[Tensor], mean: Tensor, std: Tensor, leaves: List[Tensor], buffers: List[Tensor], settings: Tensor, memory: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  labels = batch[1]
  epsilon = float(settings[3])
  size = float(settings[4])
  images = batch[0].to(mean.dtype)
  low = torch.clamp_min(images - epsilon, 0.)
  high = torch.clamp_max(images + epsilon, 255.)
  fixed = [p.detach() for p in leaves]
  changed = images + batch[2].to(mean.dtype) * epsilon
  for i in range(int(settings[5])):
    changed = changed.detach().requires_grad_(True)
    unmoved = [b.clone() for b in buffers]
    attacked, features = __torch__.net.forward(__torch__.method.input(changed, mean, std).to(dtype), fixed, unmoved, True)
    found = torch.grad([__torch__.loss.of(attacked.to(mean.dtype), labels, batch, settings, memory, 1)], [changed])
    g = found[0]
    assert g is not None, "the images have no gradient"
    changed = torch.minimum(torch.maximum(changed.detach() + g.sign() * size, low), high)
  logits, features = __torch__.net.forward(__torch__.method.input(changed, mean, std).to(dtype), leaves, buffers, True)
  logits = logits.to(mean.dtype)
  loss = __torch__.loss.of(logits, labels, batch, settings, memory, 1)
  return (loss, loss, logits.detach().argmax(1).eq(labels).sum())

def input(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
  return ((images / 255. - mean) / std).permute([0, 3, 1, 2])
