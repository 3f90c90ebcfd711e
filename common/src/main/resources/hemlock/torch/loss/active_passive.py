# alpha NCE + beta scale (1 - p_y): Ma et al. 2020. NCE is log p_y over the sum of log p_k;
# the scale is 1 for MAE and -A for RCE.
# settings: alpha, beta, scale
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  log_p = torch.log_softmax(logits, 1)
  log_y = log_p.gather(1, labels.unsqueeze(1)).squeeze(1)
  active = log_y / log_p.sum([1])
  passive = torch.expm1(log_y) * -float(settings[2])
  return __torch__.layers.reduce(active * float(settings[0]) + passive * float(settings[1]), reduction)
