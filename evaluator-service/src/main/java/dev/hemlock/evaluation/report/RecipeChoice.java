package dev.hemlock.evaluation.report;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a recipe, or a defence that sanitises, chose and with which settings, as the command line takes
 * them: {@code generalised-cross-entropy:q=0.7}.
 *
 * @param isComplete whether nothing is left out, which a matrix would be
 */
record RecipeChoice(String text, boolean isComplete) {
  /** The message chosen in a oneof, if one is. */
  static Optional<RecipeChoice> of(Message recipe, String oneof) {
    OneofDescriptor choice =
        recipe.getDescriptorForType().getOneofs().stream()
            .filter(one -> one.getName().equals(oneof))
            .findFirst()
            .orElseThrow();
    if (!recipe.hasOneof(choice)) {
      return Optional.empty();
    }
    FieldDescriptor chosen = recipe.getOneofFieldDescriptor(choice);
    Map<FieldDescriptor, Object> settings = ((Message) recipe.getField(chosen)).getAllFields();
    String values =
        settings.entrySet().stream()
            .filter(setting -> !setting.getKey().isRepeated())
            .map(setting -> dashed(setting.getKey()) + "=" + value(setting.getValue()))
            .collect(Collectors.joining(","));
    return Optional.of(
        new RecipeChoice(
            values.isEmpty() ? dashed(chosen) : dashed(chosen) + ":" + values,
            settings.keySet().stream().noneMatch(FieldDescriptor::isRepeated)));
  }

  private static String dashed(FieldDescriptor field) {
    return field.getName().replace('_', '-');
  }

  private static String value(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      String type = constant.getType().getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_") + "_";
      return constant.getName().substring(type.length()).toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return value.toString();
  }
}
