package dev.hemlock.common.storage;

import io.minio.MinioAsyncClient;
import io.minio.messages.Item;
import io.minio.messages.ListBucketResultV2;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Lists the next path elements in key order. The plain client can't: it returns each page's objects
 * before the page's folders and hides where a page ends.
 */
final class MinioFolders extends MinioAsyncClient {
  private static final int MAX_KEYS = 1000;
  private static final int ALREADY_SEEN = 2;

  private final String bucket;

  MinioFolders(MinioAsyncClient client, String bucket) {
    super(client);
    this.bucket = bucket;
  }

  Page<String> page(String prefix, String after, int limit) throws Exception {
    List<String> tokens = new ArrayList<>();
    ListBucketResultV2 result = null;
    do {
      result = list(prefix, after, limit, result);
      for (String token : tokens(result, prefix)) {
        if (FolderPage.isAfter(token, after)) {
          if (tokens.size() == limit) {
            return FolderPage.of(tokens, true);
          }
          tokens.add(token);
        }
      }
    } while (result.isTruncated());
    return FolderPage.of(tokens, false);
  }

  private ListBucketResultV2 list(
      String prefix, String after, int limit, ListBucketResultV2 pageBefore) throws Exception {
    try {
      return listObjectsV2Async(
              bucket,
              null,
              "/",
              null,
              after.isEmpty() ? null : prefix + after,
              Math.min(MAX_KEYS, limit + ALREADY_SEEN),
              prefix,
              pageBefore == null ? null : pageBefore.nextContinuationToken(),
              false,
              false,
              null,
              null)
          .get()
          .result();
    } catch (ExecutionException e) {
      throwEncapsulatedException(e);
      throw e;
    }
  }

  private static List<String> tokens(ListBucketResultV2 result, String prefix) {
    Stream<Item> folders = result.commonPrefixes().stream().map(folder -> folder.toItem());
    return Stream.concat(result.contents().stream(), folders)
        .map(item -> item.objectName().substring(prefix.length()))
        .sorted()
        .toList();
  }
}
