# -log p_y + lambda log(1 - <p, t>): Liu et al. 2020, p clamped as in their code. The target t of
# a sample is the running mean of its predictions, beta t + (1 - beta) p, and has no gradient.
# In float64: 1 - <p, t> gets as small as 0.0002.
# settings: beta, lambda
# batch[2]: positions of the samples; memory: their targets, a row each
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  beta = float(settings[0])
  log_p = torch.log_softmax(logits.to(memory.dtype), 1)
  p = log_p.exp().clamp(0.0001, 0.9999)
  seen = p.detach()
  targets = memory.index_select(0, batch[2]) * beta + seen / seen.sum([1], True) * (1. - beta)
  memory.index_copy_(0, batch[2], targets)
  pull = torch.log(torch.rsub((targets * p).sum([1]), 1.))
  losses = pull * float(settings[1]) - log_p.gather(1, labels.unsqueeze(1)).squeeze(1)
  return __torch__.layers.reduce(losses, reduction).to(logits.dtype)
