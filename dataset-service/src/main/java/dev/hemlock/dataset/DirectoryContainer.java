package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files below a directory, in path order. */
record DirectoryContainer(Path root, Limits limits) implements Container {

  private static final int MAX_DEPTH = 16;

  @Override
  public void visit(Visitor visitor) {
    Quota quota = new Quota(limits, Long.MAX_VALUE);
    try {
      for (Path file : files(quota)) {
        try (InputStream in =
            new BufferedInputStream(
                quota.counting(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)))) {
          visitor.file(EntryPath.parse(relative(file)), in);
        }
      }
    } catch (IOException e) {
      throw HemlockException.invalidArgument(
          "The directory can't be read (%s). Check its files and their permissions."
              .formatted(EntryPath.quoted(e.toString())));
    }
  }

  private List<Path> files(Quota quota) throws IOException {
    try (Stream<Path> walk = Files.walk(root, MAX_DEPTH)) {
      return walk.peek(path -> quota.entry()).filter(this::isFile).sorted().toList();
    }
  }

  private boolean isFile(Path path) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw HemlockException.invalidArgument(
          "\"%s\" is a link or a special file. Put the file itself in its place."
              .formatted(EntryPath.quoted(relative(path))));
    }
    return true;
  }

  private String relative(Path path) {
    return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
  }
}
