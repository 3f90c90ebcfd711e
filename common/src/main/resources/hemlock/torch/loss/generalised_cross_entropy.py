# (1 - p_y^q) / q: the L_q of Zhang and Sabuncu 2018.
# settings: q
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  q = float(settings[0])
  log_p = __torch__.layers.log_probability(logits, labels)
  return __torch__.layers.reduce(torch.expm1(log_p * q) * (-1. / q), reduction)
