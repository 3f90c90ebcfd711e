# Two networks, each trained on the samples of smallest loss to the other: Han et al. 2018.
# leaves and buffers: the first network's, then the second's. What is counted is the first's.
# settings: 3 the share of a batch that is kept
def objective(dtype: int, batch: List[Tensor], mean: Tensor, std: Tensor, leaves: List[Tensor], buffers: List[Tensor], settings: Tensor, memory: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  labels = batch[1]
  p = len(leaves) // 2
  b = len(buffers) // 2
  x = __torch__.layers.pixels(batch[0], mean, std).to(dtype)
  logits, features = __torch__.net.forward(x, leaves[:p], buffers[:b], True)
  logits = logits.to(mean.dtype)
  peer, features = __torch__.net.forward(x, leaves[p:], buffers[b:], True)
  losses = __torch__.loss.of(logits, labels, batch, settings, memory, 0)
  peer_losses = __torch__.loss.of(peer.to(mean.dtype), labels, batch, settings, memory, 0)
  # The least rounding keeps 0.7 of 10 at 7.
  kept = max(1, int(float(settings[3]) * float(labels.size(0)) + 0.000001))
  small = torch.argsort(losses.detach(), stable=True, dim=0)[:kept]
  peer_small = torch.argsort(peer_losses.detach(), stable=True, dim=0)[:kept]
  objective = losses.index_select(0, peer_small).mean() + peer_losses.index_select(0, small).mean()
  return (objective, losses.mean(), logits.detach().argmax(1).eq(labels).sum())
