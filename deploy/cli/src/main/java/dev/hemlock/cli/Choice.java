package dev.hemlock.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A choice of a recipe and its settings in one word: {@code NAME}, {@code NAME:KEY=VALUE,…} or, with
 * the settings in a YAML file, {@code NAME:FILE}. Names and keys are those of the proto, with dashes.
 */
final class Choice {
  private Choice() {}

  /**
   * Sets one of a choice's messages.
   *
   * @param choice the oneof's name
   * @throws CliException if the text isn't understood
   */
  static void set(Message.Builder message, String choice, String text) {
    String[] parts = text.split(":", 2);
    FieldDescriptor field = field(message, choice, parts[0]);
    Message.Builder settings = message.newBuilderForField(field);
    try {
      if (parts.length == 2) {
        MessageYaml.merge(
            new Yaml(new SafeConstructor(new LoaderOptions())).compose(yaml(parts[1])), settings);
      }
    } catch (CliException | IOException | YAMLException e) {
      throw new CliException(
          "--%s %s is not understood: %s".formatted(choice, text, e.getMessage()), e);
    }
    message.setField(field, settings.build());
  }

  private static FieldDescriptor field(Message.Builder message, String choice, String name) {
    List<FieldDescriptor> fields =
        message.getDescriptorForType().getOneofs().stream()
            .filter(oneof -> oneof.getName().equals(choice))
            .map(OneofDescriptor::getFields)
            .findFirst()
            .orElseThrow();
    return fields.stream()
        .filter(field -> dashed(field).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    "There is no --%s %s; choose one of %s."
                        .formatted(
                            choice,
                            name,
                            fields.stream()
                                .map(Choice::dashed)
                                .collect(Collectors.joining(", ")))));
  }

  private static String dashed(FieldDescriptor field) {
    return field.getName().replace('_', '-');
  }

  private static Reader yaml(String settings) throws IOException {
    if (!settings.contains("=")) {
      return Files.newBufferedReader(Path.of(settings));
    }
    return new StringReader(
        Arrays.stream(settings.split(","))
            .map(setting -> setting.split("=", 2))
            .map(pair -> pair[0].replace('-', '_') + ": " + (pair.length == 2 ? pair[1] : ""))
            .collect(Collectors.joining("\n")));
  }
}
