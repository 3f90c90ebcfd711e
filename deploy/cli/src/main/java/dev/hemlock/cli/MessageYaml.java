package dev.hemlock.cli;

import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a message written as YAML or JSON: protobuf JSON, where enum values can also be given by
 * their last word, for example {@code smallcnn}. Whatever is wrong is refused with its line.
 */
final class MessageYaml {
  private MessageYaml() {}

  /** Fills a message from a mapping. */
  static void merge(Node node, Message.Builder message) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "this must be a mapping of keys to values");
    }
    Set<FieldDescriptor> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      FieldDescriptor field = field(entry.getKeyNode(), message);
      if (!seen.add(field)) {
        throw wrong(entry.getKeyNode(), field.getJsonName() + " is given twice");
      }
      requireAlone(field, seen, entry.getKeyNode());
      set(field, entry.getValueNode(), message);
    }
  }

  /** A key of a mapping. */
  static String key(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, "a key must be a plain name");
  }

  static CliException wrong(Node node, String why) {
    return new CliException("Line " + (node.getStartMark().getLine() + 1) + ": " + why + ".");
  }

  private static FieldDescriptor field(Node key, Message.Builder message) {
    String name = key(key);
    List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
    return fields.stream()
        .filter(field -> field.getJsonName().equals(name) || field.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    key,
                    "there is no key \"%s\" here; the keys are %s"
                        .formatted(
                            name,
                            fields.stream()
                                .map(FieldDescriptor::getJsonName)
                                .collect(Collectors.joining(", ")))));
  }

  /** Of a choice of keys only one can be given; the last one must not silently replace the others. */
  private static void requireAlone(FieldDescriptor field, Set<FieldDescriptor> seen, Node key) {
    OneofDescriptor choice = field.getRealContainingOneof();
    if (choice != null && !Collections.disjoint(seen, others(choice, field))) {
      throw wrong(
          key,
          "give only one of "
              + choice.getFields().stream()
                  .map(FieldDescriptor::getJsonName)
                  .collect(Collectors.joining(", ")));
    }
  }

  private static List<FieldDescriptor> others(OneofDescriptor choice, FieldDescriptor field) {
    return choice.getFields().stream().filter(other -> !other.equals(field)).toList();
  }

  private static void set(FieldDescriptor field, Node value, Message.Builder message) {
    if (!field.isRepeated()) {
      message.setField(field, value(field, value, message));
    } else if (value instanceof SequenceNode list) {
      list.getValue().forEach(each -> message.addRepeatedField(field, value(field, each, message)));
    } else {
      throw wrong(value, field.getJsonName() + " must be a list");
    }
  }

  private static Object value(FieldDescriptor field, Node value, Message.Builder message) {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      Message.Builder part = message.newBuilderForField(field);
      merge(value, part);
      return part.build();
    }
    if (!(value instanceof ScalarNode scalar)) {
      throw wrong(value, field.getJsonName() + " must be a single value");
    }
    String json = json(field, scalar);
    Message.Builder alone = message.getDefaultInstanceForType().newBuilderForType();
    try {
      JsonFormat.parser()
          .merge(
              "{\"%s\": %s}"
                  .formatted(field.getJsonName(), field.isRepeated() ? "[" + json + "]" : json),
              alone);
    } catch (InvalidProtocolBufferException e) {
      throw wrong(value, "%s can not be %s".formatted(field.getJsonName(), scalar.getValue()));
    }
    return field.isRepeated() ? alone.getRepeatedField(field, 0) : alone.getField(field);
  }

  private static String json(FieldDescriptor field, ScalarNode scalar) {
    boolean text = field.getJavaType() == FieldDescriptor.JavaType.STRING;
    boolean plain = Set.of(Tag.INT, Tag.FLOAT, Tag.BOOL).contains(scalar.getTag());
    if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
      return new JsonPrimitive(enumName(field, scalar)).toString();
    }
    return plain && !text ? scalar.getValue() : new JsonPrimitive(scalar.getValue()).toString();
  }

  private static String enumName(FieldDescriptor field, ScalarNode scalar) {
    String suffix = "_" + scalar.getValue().toUpperCase(Locale.ROOT).replace('-', '_');
    List<EnumValueDescriptor> values = field.getEnumType().getValues();
    return values.stream()
        .map(EnumValueDescriptor::getName)
        .filter(name -> name.equals(scalar.getValue()) || name.endsWith(suffix))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    scalar,
                    "%s can not be %s; it is one of %s"
                        .formatted(
                            field.getJsonName(),
                            scalar.getValue(),
                            values.stream()
                                .skip(1)
                                .map(EnumValueDescriptor::getName)
                                .collect(Collectors.joining(", ")))));
  }
}
