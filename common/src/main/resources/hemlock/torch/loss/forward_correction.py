# -log sum_i p_i T_iy: Patrini et al. 2017, theorem 2.
# memory: row y holds log T_iy, i from 0
def of(logits: Tensor, labels: Tensor, batch: List[Tensor], settings: Tensor, memory: Tensor, reduction: int) -> Tensor:
  log_p = torch.log_softmax(logits.to(memory.dtype), 1) + memory.index_select(0, labels)
  return __torch__.layers.reduce(torch.neg(torch.logsumexp(log_p, [1])), reduction).to(logits.dtype)
