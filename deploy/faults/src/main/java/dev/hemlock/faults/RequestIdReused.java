package dev.hemlock.faults;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Uses a request id again for another spec, which must be refused and leave no run behind. */
record RequestIdReused() implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    round.asked(round.work().train(round.work().trivial(1), "once"));
    try {
      String second = round.work().train(round.work().trivial(2), "once");
      round.complain("the request id was taken twice, also for " + second);
    } catch (StatusRuntimeException e) {
      round.injected(1);
      if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
        round.complain("a request id with another spec gave " + e.getStatus());
      }
    }
    int runs = new Oracle(round.cluster()).runs().size();
    if (runs != 1) {
      round.complain("there are " + runs + " runs instead of one");
    }
    round.mended();
  }
}
