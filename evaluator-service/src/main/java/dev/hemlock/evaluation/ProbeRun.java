package dev.hemlock.evaluation;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Trains and evaluates the models that a detection or a certification asks. Every request is
 * idempotent, so running it again after a crash finds what is already done.
 */
final class ProbeRun implements AutoCloseable {
  private static final long TICK_MILLIS = 500;
  private static final byte[] NO_DOCUMENT = {};
  private static final Map<String, CheckpointStore.Part> NOTHING_ELSE = Map.of();

  private final List<Probe> probes;
  private final Work work;
  private final Interests interests;
  private final Timestamp createTime;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final JobTracker<Probe, TrainingSpec, TrainingRun> trainings;
  private final JobTracker<Probe, EvaluationSpec, Evaluation> evaluations;

  /**
   * @param probes equal ones are trained once
   * @param createTime when the work was first asked for, by the store's clock
   */
  ProbeRun(List<Probe> probes, Work work, ExperimentJobs jobs, Timestamp createTime) {
    this.probes = probes;
    this.work = work;
    this.interests = jobs.interests();
    this.createTime = createTime;
    trainings =
        new JobTracker<>(
            jobs.trainings(),
            probe -> "training of model " + number(probe),
            job -> want(job.getName(), job.getStatus()),
            (probe, run) -> evaluate(probe, run),
            inbox,
            jobs.patience());
    evaluations =
        new JobTracker<>(
            jobs.evaluations(),
            probe -> "evaluation of model " + number(probe),
            job -> want(job.getName(), job.getStatus()),
            (probe, evaluation) -> {},
            inbox,
            jobs.patience());
  }

  /**
   * The evaluations, in the order of the probes.
   *
   * @throws Work.Stopped if it should stop
   * @throws dev.hemlock.common.error.HemlockException if a job was refused or has not SUCCEEDED
   */
  List<Evaluation> run() throws InterruptedException {
    int saved = savedStep();
    for (Probe probe : probes) {
      work.checkpoint();
      trainings.ask(probe, probe.training());
    }
    long wanted = probes.stream().distinct().count();
    while (evaluations.done().size() < wanted) {
      Runnable task = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
      work.checkpoint();
      trainings.askAgain();
      evaluations.askAgain();
      if (task != null) {
        task.run();
        int done = trainings.done().size() + evaluations.done().size();
        work.progress(done / (2.0 * wanted), NO_DOCUMENT);
        if (trainings.done().size() > saved) {
          saved = trainings.done().size();
          work.checkpoints().save(saved, NOTHING_ELSE);
        }
      }
    }
    return probes.stream().map(evaluations.done()::get).toList();
  }

  /** As of experiments, the saved count only shows the ledger that the work gets further. */
  private int savedStep() {
    Optional<CheckpointStore.Checkpoint> latest = work.checkpoints().latest();
    if (latest.isEmpty()) {
      return 0;
    }
    try (CheckpointStore.Checkpoint checkpoint = latest.get()) {
      return checkpoint.step();
    }
  }

  private void evaluate(Probe probe, TrainingRun run) {
    evaluations.ask(probe, probe.evaluation(run.getName()));
  }

  private int number(Probe probe) {
    return probes.indexOf(probe) + 1;
  }

  private void want(String run, RunStatus status) {
    interests.add(work.name(), createTime, run, status.getCreateTime());
  }

  @Override
  public void close() {
    trainings.close();
    evaluations.close();
  }
}
