package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {
  @TempDir Path directory;

  @Test
  void refusesASecondHolderUntilTheFirstLetsGo() throws IOException {
    // Given
    DataDirectoryLock first = DataDirectoryLock.acquire(directory);

    // When / Then
    assertThatThrownBy(() -> DataDirectoryLock.acquire(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("give another --data-dir");
    first.close();
    DataDirectoryLock.acquire(directory).close();
  }
}
