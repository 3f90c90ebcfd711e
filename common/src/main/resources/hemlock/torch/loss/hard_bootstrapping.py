# -sum_k (beta t_k + (1 - beta) z_k) log p_k, z one-hot at the largest p: Reed et al. 2014.
# settings: beta
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  beta = float(settings[0])
  log_p = __torch__.layers.log_probability(logits, labels)
  own = __torch__.layers.log_probability(logits, logits.detach().argmax(1))
  return __torch__.layers.reduce(log_p * -beta - own * (1. - beta), reduction)
