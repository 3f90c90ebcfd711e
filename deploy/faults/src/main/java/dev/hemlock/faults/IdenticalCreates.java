package dev.hemlock.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks for one training from many threads at once; all must get the same run. */
record IdenticalCreates(int callers) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      String requestId = i % 2 == 0 ? "identical" : "";
      answers.add(
          threads.submit(
              () -> {
                start.await();
                return round.work().train(round.work().trivial(1), requestId);
              }));
    }
    start.countDown();
    Set<String> names = new TreeSet<>();
    for (Future<String> answer : answers) {
      names.add(answer.get());
      round.injected(1);
    }
    threads.shutdown();
    if (names.size() != 1) {
      round.complain("equal requests gave the runs " + names);
    }
    names.forEach(round::asked);
    round.mended();
  }
}
