# -sum_k (beta t_k + (1 - beta) p_k) log p_k: Reed et al. 2014.
# settings: beta
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  beta = float(settings[0])
  log_p = torch.log_softmax(logits, 1)
  own = (log_p.exp() * log_p).sum([1])
  return __torch__.layers.reduce(log_p.gather(1, labels.unsqueeze(1)).squeeze(1) * -beta - own * (1. - beta), reduction)
