package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** A tar or tar.gz archive. */
record TarContainer(Path path, boolean gzip, Limits limits) implements Container {

  private static final int BUFFER = 64 << 10;

  @Override
  public void visit(Visitor visitor) {
    try (InputStream file = Files.newInputStream(path);
        InputStream unpacked = gzip ? new GZIPInputStream(file, BUFFER) : file) {
      Quota quota = new Quota(limits, Files.size(path));
      TarReader tar = new TarReader(new BufferedInputStream(quota.counting(unpacked), BUFFER));
      for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
        quota.entry();
        TarReader.Entry entry = next.get();
        EntryPath entryPath = EntryPath.parse(entry.name());
        switch (entry.type()) {
          case FILE -> visitor.file(entryPath, tar.content());
          case DIRECTORY -> {}
          case LINK, SPECIAL ->
              throw HemlockException.invalidArgument(
                  ("The entry \"%s\" is a link or a special file. Pack the files themselves, for"
                          + " example with tar --dereference --hard-dereference.")
                      .formatted(EntryPath.quoted(entry.name())));
        }
      }
    } catch (IOException e) {
      throw Container.damaged(e);
    }
  }
}
