package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a container holds, found in one visit before anything is decoded: image files with their
 * headers, CIFAR and IDX files with their labels, small text files. Every image is checked against
 * the limits by its header here.
 */
final class Survey {

  /** An image file. */
  record ImageFile(EntryPath path, ImageHeader header) {}

  private static final int HEAD = 16;
  private static final int MAX_TEXT = 1 << 20;

  private final Limits limits;
  private final Runnable tick;
  private final List<ImageFile> images = new ArrayList<>();
  private final List<EntryPath> others = new ArrayList<>();
  private final TreeMap<String, IdxFile> idxFiles = new TreeMap<>();
  private final TreeMap<String, CifarFile> cifarFiles = new TreeMap<>();
  private final TreeMap<String, List<String>> texts = new TreeMap<>();
  private final Set<EntryPath> seen = new HashSet<>();

  private Survey(Limits limits, Runnable tick) {
    this.limits = limits;
    this.tick = tick;
  }

  /**
   * Visits a container once.
   *
   * @param tick called at each file; may throw to stop
   * @throws HemlockException INVALID_ARGUMENT for a damaged or unsafe container, or an image or a
   *     record file that can't be used; RESOURCE_EXHAUSTED when a limit is passed
   */
  static Survey of(Container container, Limits limits, Runnable tick) {
    Survey survey = new Survey(limits, tick);
    container.visit(survey::file);
    return survey;
  }

  private void file(EntryPath path, InputStream content) throws IOException {
    tick.run();
    if (path.isClutter()) {
      return;
    }
    if (!seen.add(path)) {
      throw HemlockException.invalidArgument(
          "The entry \"%s\" is there twice. Pack each file once.".formatted(path));
    }
    byte[] head = content.readNBytes(HEAD);
    if (ImageHeader.isImage(head)) {
      image(path, bytes(path, head, content, limits));
      return;
    }
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), content);
    String name = path.fileName();
    if (CifarFile.isName(name)) {
      put(cifarFiles, path, CifarFile.survey(path, whole));
    } else if (IdxFile.isName(name)) {
      put(idxFiles, path, IdxFile.survey(path, whole, limits));
    } else if (name.endsWith(".txt")) {
      String text = new String(whole.readNBytes(MAX_TEXT), StandardCharsets.UTF_8);
      texts.put(name, text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
      others.add(path);
    } else {
      others.add(path);
    }
  }

  private static <T> void put(TreeMap<String, T> files, EntryPath path, T file) {
    if (files.put(path.fileName(), file) != null) {
      throw HemlockException.invalidArgument(
          "There is more than one file named \"%s\". Pack one data set at a time."
              .formatted(path.fileName()));
    }
  }

  private void image(EntryPath path, byte[] file) {
    try {
      ImageHeader header = ImageHeader.of(file);
      if (header.pixels() > limits.imagePixels()) {
        throw HemlockException.resourceExhausted(
            ("The image \"%s\" has %d x %d pixels, more than %d. Make it smaller, or raise"
                    + " hemlock.dataset.limits.image-pixels.")
                .formatted(path, header.width(), header.height(), limits.imagePixels()));
      }
      images.add(new ImageFile(path, header));
    } catch (RefusedImage e) {
      throw DecodePool.refused(path, e);
    }
  }

  /**
   * Reads an image file.
   *
   * @param head its first bytes, read before
   * @throws HemlockException RESOURCE_EXHAUSTED when it is larger than the limit
   */
  static byte[] bytes(EntryPath path, byte[] head, InputStream in, Limits limits)
      throws IOException {
    byte[] rest = in.readNBytes(Math.max(0, limits.imageFileBytes() - head.length));
    byte[] bytes = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, bytes, head.length, rest.length);
    if (bytes.length >= limits.imageFileBytes() && in.read() >= 0) {
      throw HemlockException.resourceExhausted(
          ("The image \"%s\" has more than %d bytes. Make it smaller, or raise"
                  + " hemlock.dataset.limits.image-file-bytes.")
              .formatted(path, limits.imageFileBytes()));
    }
    return bytes;
  }

  List<ImageFile> images() {
    return images;
  }

  /** Files that are neither images nor known record files. */
  List<EntryPath> others() {
    return others;
  }

  TreeMap<String, IdxFile> idxFiles() {
    return idxFiles;
  }

  TreeMap<String, CifarFile> cifarFiles() {
    return cifarFiles;
  }

  /** The non-empty lines of a text file, by its file name; nothing if there is no such file. */
  List<String> lines(String fileName) {
    return texts.getOrDefault(fileName, List.of());
  }
}
