package dev.hemlock.common.events;

import com.google.protobuf.MessageOrBuilder;
import dev.hemlock.common.error.HemlockException;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Publishes facts of the present tenant as CloudEvents 1.0, whose source ends with the tenant and
 * whose extension attribute {@code tenant} names it. Delivery is at least once, so the same fact must
 * always carry the same id: subscribers drop repeats by source and id.
 */
public interface EventPublisher {
  /**
   * Publishes one fact and returns when the broker has it.
   *
   * @param topic one of {@link Topics}
   * @param id deterministic, for example {@code trainingRuns/{hex}/1/RUN_STATE_SUCCEEDED}
   * @param type for example {@code dev.hemlock.run.state.v1}
   * @param subject the resource name; also the record's key
   * @param data becomes the protobuf JSON payload, zeros printed
   * @throws HemlockException UNAVAILABLE if the broker does not take it in
   *     time
   */
  default void publish(
      String topic, String id, String type, String subject, MessageOrBuilder data) {
    publish(topic, id, type, subject, data, Map.of());
  }

  /**
   * Publishes one fact with extension attributes, which become {@code ce_…} headers.
   *
   * @param attributes names of lower-case letters and digits
   */
  void publish(
      String topic,
      String id,
      String type,
      String subject,
      MessageOrBuilder data,
      Map<String, String> attributes);

  /**
   * Publishes one fact that may be lost, without waiting for the broker and after the ones announced
   * before.
   */
  default void announce(
      String topic, String id, String type, String subject, MessageOrBuilder data) {
    try {
      publish(topic, id, type, subject, data);
    } catch (HemlockException e) {
      LoggerFactory.getLogger(EventPublisher.class)
          .atWarn()
          .addKeyValue("event", id)
          .addKeyValue("error", e.getMessage())
          .log("not announced");
    }
  }
}
