package dev.hemlock.faults;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Puts messages that nobody can understand, and ones of a later version, on every topic. */
record Garbage() implements Injection {
  private static final int LARGE = 60_000;

  @Override
  public void inject(Round round) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = Topics.producer(round.cluster())) {
      for (String topic : Topics.all()) {
        byte[] noise = new byte[LARGE];
        round.random().nextBytes(noise);
        for (ProducerRecord<byte[], byte[]> record :
            List.of(
                Topics.record(topic, null, null),
                Topics.record(topic, new byte[0], new byte[0]),
                Topics.record(topic, null, noise),
                Topics.record(topic, new byte[] {(byte) 0xff, 0, (byte) 0xc0}, noise),
                Topics.record(topic, text("../../spec"), text("{\"name\": [")),
                Topics.record(topic, text("trainingRuns/" + "0".repeat(64)), text("{}")),
                later(topic))) {
          Future<?> sent = producer.send(record);
          sent.get();
          round.injected(1);
        }
      }
    }
    round.ask();
    round.mended();
  }

  private static ProducerRecord<byte[], byte[]> later(String topic) {
    ProducerRecord<byte[], byte[]> record =
        Topics.record(topic, text("forests/1"), text("{\"tree\": {\"height\": 3}}"));
    record.headers().add("ce_specversion", text("2.0"));
    record.headers().add("ce_type", text("dev.hemlock.work.requested.v99"));
    record.headers().add("ce_id", text("1"));
    return record;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
