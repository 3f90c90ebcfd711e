package dev.hemlock.common.events;

import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.tracing.Tracing;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of a stage's work queue: takes one record at a time, has it worked on by a second
 * thread and renews its lock meanwhile. Acknowledging is only housekeeping; the ledger decides who
 * owns the work.
 */
public final class WorkQueue implements AutoCloseable {
  /** How long a record stays with a consumer that doesn't renew its lock; the least brokers take. */
  public static final Duration LOCK = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration GOODBYE = Duration.ofSeconds(3);

  private final KafkaSettings settings;
  private final String stage;
  private final Handler handler;
  private final Doorbell bell;
  private final Duration renewal;
  private final Duration hold;
  private final Duration farewell;
  private final ExecutorService work;
  private final Thread thread;
  private volatile KafkaShareConsumer<String, byte[]> current;
  private volatile boolean closed;
  private volatile boolean lost;
  private long stopped;
  private long finished;

  /** Does a piece of work. */
  public interface Handler {
    /**
     * Works on a run of a tenant, in the trace that the record names.
     *
     * @return whether nobody needs to look at this record again; false hands it to another worker
     */
    boolean handle(String tenant, String name) throws InterruptedException;
  }

  /**
   * A queue; {@link #start()} starts it.
   *
   * @param thread a name for its threads
   * @param bell rings for work that is handed back after its record was let go of
   * @param renewal how often the lock on a record is renewed; well below {@link #LOCK}
   * @param hold how long a record is held at most. Brokers deliver no record that is thousands after
   *     one that is held, so the record of long work is accepted while the work goes on
   * @param farewell how long after {@link #stop} closing waits for the work in hand
   */
  public WorkQueue(
      KafkaSettings settings,
      String stage,
      String thread,
      Handler handler,
      Doorbell bell,
      Duration renewal,
      Duration hold,
      Duration farewell) {
    this.settings = settings;
    this.stage = stage;
    this.handler = handler;
    this.bell = bell;
    this.renewal = renewal;
    this.hold = hold;
    this.farewell = farewell;
    this.work = Executors.newSingleThreadExecutor(task -> daemon(task, thread));
    this.thread = daemon(this::loop, thread + "-queue");
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  public void start() {
    thread.start();
  }

  private void loop() {
    while (!closed) {
      try {
        consume();
      } catch (WakeupException | RejectedExecutionException e) {
        // Closing; the loop's condition ends it.
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue("stage", stage).setCause(e).log("work queue reconnects");
        pause();
      } catch (InterruptedException e) {
        closed = true;
      }
    }
  }

  private void consume() throws InterruptedException {
    KafkaShareConsumer<String, byte[]> consumer = consumer();
    current = consumer;
    try {
      consume(consumer);
    } finally {
      current = null;
      // Releases a record that is not acknowledged.
      consumer.close(GOODBYE);
    }
  }

  private void consume(KafkaShareConsumer<String, byte[]> consumer) throws InterruptedException {
    // Told when a lock could not be renewed: it has run out, and somebody else may have the record.
    consumer.setAcknowledgementCommitCallback((offsets, failure) -> lost = lost || failure != null);
    consumer.subscribe(List.of(Topics.work(stage)));
    while (!closed) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.key() == null || !Tenant.serves(tenant(record))) {
          log.atWarn()
              .addKeyValue("topic", record.topic())
              .addKeyValue("offset", record.offset())
              .log("not a request for work; passed over");
          consumer.acknowledge(record, AcknowledgeType.REJECT);
        } else {
          serve(consumer, record);
        }
      }
    }
  }

  private KafkaShareConsumer<String, byte[]> consumer() {
    return new KafkaShareConsumer<>(
        settings.client(
            Map.of(
                "group.id", Topics.workers(stage),
                "max.poll.records", "1",
                "share.acquire.mode", "record_limit",
                "share.acknowledgement.mode", "explicit")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private void serve(
      KafkaShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record)
      throws InterruptedException {
    lost = false;
    String tenant = tenant(record);
    Context trace = Tracing.trace(header -> KafkaEventFeed.header(record, header));
    Future<Boolean> done = work.submit(trace.wrap(() -> handler.handle(tenant, record.key())));
    boolean accepted = await(consumer, record, done);
    if (!lost) {
      Failpoint.hit(stage, "accept.before");
      consumer.acknowledge(record, accepted ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
      Failpoint.hit(stage, "accept.after");
    } else if (!accepted) {
      try (Scope here = trace.makeCurrent()) {
        Tenant.run(tenant, () -> bell.ring(stage, record.key()));
      }
    }
  }

  /** Records that say nothing of a tenant are of the default one. */
  static String tenant(ConsumerRecord<String, byte[]> record) {
    return KafkaEventFeed.header(record, "ce_" + Topics.TENANT).orElse(Tenant.DEFAULT);
  }

  private boolean await(
      KafkaShareConsumer<String, byte[]> consumer,
      ConsumerRecord<String, byte[]> record,
      Future<Boolean> done)
      throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      try {
        return done.get(renewal.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (!lost && System.nanoTime() - start > hold.toNanos()) {
          consumer.acknowledge(record, AcknowledgeType.ACCEPT);
          consumer.commitSync(PAUSE);
          lost = true;
        } else if (!lost) {
          renew(consumer, record, done);
        }
      } catch (ExecutionException e) {
        log.atError().addKeyValue("run", record.key()).setCause(e.getCause()).log("work failed");
        pause();
        return false;
      }
    }
  }

  /** Renews the lock, and polls until the record is back: acknowledging it before that throws. */
  private void renew(
      KafkaShareConsumer<String, byte[]> consumer,
      ConsumerRecord<String, byte[]> record,
      Future<Boolean> done) {
    consumer.acknowledge(record, AcknowledgeType.RENEW);
    while (!lost) {
      for (ConsumerRecord<String, byte[]> back : poll(consumer)) {
        if (back.partition() == record.partition() && back.offset() == record.offset()) {
          return;
        }
        // The broker gave the lock up and this consumer the next record.
        consumer.acknowledge(back, AcknowledgeType.RELEASE);
        lost = true;
      }
      lost = lost || done.isDone();
    }
    log.atWarn().addKeyValue("run", record.key()).log("lock on the record lost; work goes on");
  }

  /** What arrives while work is in hand; being woken to close doesn't let go of it. */
  private static ConsumerRecords<String, byte[]> poll(KafkaShareConsumer<String, byte[]> consumer) {
    try {
      return consumer.poll(PAUSE);
    } catch (WakeupException e) {
      return ConsumerRecords.empty();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes no more records; the one in hand should stop by itself. Doesn't wait. */
  public synchronized void stop() {
    if (closed) {
      return;
    }
    closed = true;
    stopped = System.nanoTime();
    KafkaShareConsumer<String, byte[]> consumer = current;
    if (consumer != null && thread.isAlive()) {
      consumer.wakeup();
    }
    work.shutdown();
  }

  /**
   * Stops, and waits for the record in hand, which is interrupted when the farewell is over. Called
   * on all queues before the first is closed, it has all of them wait at the same time.
   */
  public void finish() {
    stop();
    try {
      long left = stopped + farewell.toNanos() - System.nanoTime();
      work.awaitTermination(left, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    work.shutdownNow();
    finished = System.nanoTime();
  }

  /** Finishes unless it has, and waits a while for the acknowledgement. */
  @Override
  public void close() {
    if (finished == 0) {
      finish();
    }
    try {
      long left = finished + GOODBYE.toNanos() - System.nanoTime();
      TimeUnit.NANOSECONDS.timedJoin(thread, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
