package dev.hemlock.common.events;

import com.google.protobuf.MessageOrBuilder;
import dev.hemlock.common.json.ProtoJson;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what is published, for tests. */
public final class RecordingPublisher implements EventPublisher {
  private final List<Published> published = new CopyOnWriteArrayList<>();

  /** One call of {@code publish}. */
  public record Published(
      String topic,
      String id,
      String type,
      String subject,
      String json,
      Map<String, String> attributes) {}

  @Override
  public void publish(
      String topic,
      String id,
      String type,
      String subject,
      MessageOrBuilder data,
      Map<String, String> attributes) {
    published.add(
        new Published(topic, id, type, subject, ProtoJson.print(data), Map.copyOf(attributes)));
  }

  /** Everything in order. */
  public List<Published> published() {
    return List.copyOf(published);
  }

  /** The ids on one topic, in order. */
  public List<String> ids(String topic) {
    return published.stream().filter(one -> one.topic().equals(topic)).map(Published::id).toList();
  }
}
