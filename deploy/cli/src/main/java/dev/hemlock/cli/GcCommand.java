package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.CollectGarbageRequest;
import dev.hemlock.proto.dataset.v1.CollectGarbageResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "gc",
    description = "Counts stored blobs that nothing refers to any more; --delete removes them.",
    mixinStandardHelpOptions = true)
final class GcCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--delete", description = "Delete what is found.")
  private boolean delete;

  @Option(
      names = "--min-age-hours",
      defaultValue = "24",
      converter = CountConverter.class,
      description = "Spare blobs stored within so many hours (default: ${DEFAULT-VALUE}).")
  private int minAgeHours;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      CollectGarbageResponse found =
          connection
              .datasets()
              .collectGarbage(
                  CollectGarbageRequest.newBuilder()
                      .setDelete(delete)
                      .setMinAgeHours(minAgeHours)
                      .build());
      System.out.printf(
          "%,d blobs of %,d bytes; %,d of %,d bytes that nothing refers to, %,d deleted%n",
          found.getBlobCount(),
          found.getBlobBytes(),
          found.getGarbageCount(),
          found.getGarbageBytes(),
          found.getDeletedCount());
      return 0;
    }
  }
}
