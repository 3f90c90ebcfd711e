package dev.hemlock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;

/** Reads files that hold one mapping as YAML or JSON. Nothing in them is executed. */
final class YamlFile {
  private static final int MOST_BYTES = 1 << 20;

  private YamlFile() {}

  /** Fills a message from a file; see {@link #read}. */
  static void merge(Path file, String what, String documentation, Message.Builder message) {
    read(
        file,
        what,
        documentation,
        mapping -> {
          MessageYaml.merge(mapping, message);
          return message;
        });
  }

  /**
   * Reads a file.
   *
   * @param what the file should hold, for example {@code an experiment}
   * @param documentation where its keys are explained
   * @param reader may throw {@link CliException} with the line
   */
  static <T> T read(Path file, String what, String documentation, Function<MappingNode, T> reader) {
    try {
      Reader text = new StringReader(text(file));
      if (new Yaml(new SafeConstructor(new LoaderOptions())).compose(text)
          instanceof MappingNode mapping) {
        return reader.apply(mapping);
      }
      throw new CliException("it must hold a mapping; see " + documentation + ".");
    } catch (NoSuchFileException e) {
      throw new CliException("There is no file " + file + "; give the path of " + what + ".", e);
    } catch (CharacterCodingException e) {
      throw new CliException("Can not read " + file + ": it is not UTF-8 text.", e);
    } catch (IOException | YAMLException e) {
      throw new CliException("Can not read " + file + ": " + e.getMessage(), e);
    } catch (CliException e) {
      throw new CliException(file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CliException("it has more than " + MOST_BYTES + " bytes; give a shorter one.");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
