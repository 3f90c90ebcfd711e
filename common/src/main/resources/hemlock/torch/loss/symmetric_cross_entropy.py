# alpha (-log p_y) + beta (-A) (1 - p_y): Wang et al. 2019. The reverse term,
# -sum_k p_k log t_k with A for log 0, has the probability of all classes but the label's.
# settings: alpha, beta, A
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  log_p = __torch__.layers.log_probability(logits, labels)
  reverse = torch.expm1(log_p) * float(settings[2])
  return __torch__.layers.reduce(log_p * -float(settings[0]) + reverse * float(settings[1]), reduction)
