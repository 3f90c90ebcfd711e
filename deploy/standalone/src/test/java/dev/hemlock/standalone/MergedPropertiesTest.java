package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The services' own {@code application.properties} are on this application's class path too. */
class MergedPropertiesTest {
  private static final Set<String> SET_BY_MAIN = Set.of("quarkus.http.port");

  @Test
  void settlesEveryKeyThatServicesSetForThemselves() throws IOException {
    List<URL> files =
        Collections.list(getClass().getClassLoader().getResources("application.properties"));
    URL own = files.get(0);
    Set<String> settled = new HashSet<>(keys(own));
    settled.addAll(SET_BY_MAIN);

    assertThat(own.getProtocol()).as("the first on the class path wins").isEqualTo("file");
    assertThat(files).hasSizeGreaterThan(1);
    assertThat(files)
        .allSatisfy(file -> assertThat(settled).as(file.toString()).containsAll(keys(file)));
  }

  private static Set<String> keys(URL file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = file.openStream()) {
      properties.load(in);
    }
    return properties.stringPropertyNames();
  }
}
