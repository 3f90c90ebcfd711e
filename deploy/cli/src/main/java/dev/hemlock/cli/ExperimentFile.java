package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import picocli.CommandLine;

/**
 * An experiment written down in a file, as docs/experiments.md describes it.
 *
 * @param spec without a snapshot where there is {@code data}
 * @param data what to import, if the file says so
 */
record ExperimentFile(ExperimentSpec spec, Optional<DataOptions> data) {

  /** Reads a YAML or JSON file. */
  static ExperimentFile read(Path file) {
    return YamlFile.read(
        file,
        "an experiment",
        "docs/experiments.md",
        mapping -> read(mapping, file.toAbsolutePath().getParent()));
  }

  private static ExperimentFile read(MappingNode root, Path folder) {
    List<NodeTuple> ofSpec = new ArrayList<>();
    Optional<DataOptions> data = Optional.empty();
    for (NodeTuple entry : root.getValue()) {
      if (MessageYaml.key(entry.getKeyNode()).equals("data")) {
        if (data.isPresent()) {
          throw MessageYaml.wrong(entry.getKeyNode(), "data is given twice");
        }
        data = Optional.of(data(entry.getValueNode(), folder));
      } else {
        ofSpec.add(entry);
      }
    }
    ExperimentSpec.Builder spec = ExperimentSpec.newBuilder();
    root.setValue(ofSpec);
    MessageYaml.merge(root, spec);
    if (data.isPresent() != spec.getSnapshot().isEmpty()) {
      throw MessageYaml.wrong(root, "give either snapshot or data, which says what to import");
    }
    return new ExperimentFile(spec.build(), data);
  }

  /** The spec with its snapshot; imports the data where there is none. */
  ExperimentSpec spec(Connection connection, ServerOptions server, Progress progress) {
    return data.map(
            options ->
                spec.toBuilder()
                    .setSnapshot(
                        options.snapshot(connection, server.dataDirectory(), progress).getName())
                    .build())
        .orElse(spec);
  }

  /** The keys are the options of `import` in camel case. */
  private static DataOptions data(Node node, Path folder) {
    if (!(node instanceof MappingNode mapping)) {
      throw MessageYaml.wrong(node, "data must be a mapping, for example {digits: true}");
    }
    List<String> arguments = new ArrayList<>();
    for (NodeTuple entry : mapping.getValue()) {
      String key = MessageYaml.key(entry.getKeyNode());
      String value = MessageYaml.key(entry.getValueNode());
      arguments.add("--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      if (key.equals("archive") || (key.equals("cifar10") && !value.equals("true"))) {
        arguments.add(folder.resolve(value).toString());
      } else if (!value.equals("true")) {
        arguments.add(value);
      }
    }
    DataOptions options = new DataOptions();
    try {
      new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw MessageYaml.wrong(
          node, "data is not understood as options of `hemlock import`: " + e.getMessage());
    }
    return options;
  }
}
