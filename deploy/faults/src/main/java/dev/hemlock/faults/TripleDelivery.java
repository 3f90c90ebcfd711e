package dev.hemlock.faults;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends every message of the work queues and of the facts twice more. */
record TripleDelivery() implements Injection {
  private static final String COPY = "copy";
  private static final int COPIES = 2;

  @Override
  public void inject(Round round) throws Exception {
    try (Topics topics = new Topics(round.cluster(), Topics.all());
        KafkaProducer<byte[], byte[]> producer = Topics.producer(round.cluster())) {
      round.ask();
      Oracle oracle = new Oracle(round.cluster());
      Await.until(
          Cluster.PATIENCE,
          "the runs end",
          () -> {
            topics.look(
                record -> {
                  if (!Topics.header(record, COPY).isEmpty()) {
                    return;
                  }
                  for (int i = 0; i < COPIES; i++) {
                    ProducerRecord<byte[], byte[]> copy =
                        Topics.record(record.topic(), record.key(), record.value());
                    record.headers().forEach(copy.headers()::add);
                    copy.headers().add(COPY, "1".getBytes(StandardCharsets.UTF_8));
                    var unused = producer.send(copy);
                    round.injected(1);
                  }
                });
            return oracle.ended(round.asked());
          });
      round.mended();
    }
  }
}
