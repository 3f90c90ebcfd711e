package dev.hemlock.common.events;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.EventFeed.Event;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.events.v1.Events;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/**
 * Records of Kafka. The first lines of an input are the headers ce_tenant, ce_id and ce_type and
 * the key, each absent if it is empty and null if it is a zero byte; the rest is the value.
 */
class EventFuzzTest {
  private static final List<Descriptor> TYPES = Events.getDescriptor().getMessageTypes();

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(EventFuzzTest.class, 1000, this::holds);
  }

  /**
   * Every record is an event; only a valid tenant is served; every payload is refused or read again
   * from what it is written as.
   */
  @FuzzTest
  void holds(byte[] input) {
    // Given
    String[] parts = new String(input, ISO_8859_1).split("\n", 5);
    ConsumerRecord<String, byte[]> record = record(parts);

    // When
    Event event = KafkaEventFeed.event(record);
    String tenant = WorkQueue.tenant(record);

    // Then
    assertThat(new Object[] {event.tenant(), event.id(), event.type(), event.subject()})
        .doesNotContainNull();
    assertThat(Tenant.serves(tenant)).isEqualTo(tenant.equals(Tenant.DEFAULT));
    TYPES.forEach(type -> payload(event.data(), type));
  }

  private static void payload(byte[] data, Descriptor type) {
    Message message;
    try {
      message = ProtoJson.parse(data, DynamicMessage.newBuilder(type)).build();
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT) {
        throw e;
      }
      return;
    }
    assertThat(ProtoJson.parse(ProtoJson.bytes(message), DynamicMessage.newBuilder(type)).build())
        .isEqualTo(message);
  }

  private static ConsumerRecord<String, byte[]> record(String[] parts) {
    byte[] key = bytes(parts, 3);
    ConsumerRecord<String, byte[]> record =
        new ConsumerRecord<>(
            Topics.EVENTS,
            0,
            0,
            key == null ? null : new StringDeserializer().deserialize(Topics.EVENTS, key),
            bytes(parts, 4));
    List<String> names = List.of("ce_tenant", "ce_id", "ce_type");
    for (int i = 0; i < names.size() && i < parts.length; i++) {
      if (!parts[i].isEmpty()) {
        record.headers().add(names.get(i), bytes(parts, i));
      }
    }
    return record;
  }

  private static byte[] bytes(String[] parts, int i) {
    return i >= parts.length || parts[i].equals("\0")
        ? null
        : parts[i].getBytes(StandardCharsets.ISO_8859_1);
  }
}
