package dev.hemlock.common.security;

import dev.hemlock.common.tls.TlsConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Authentication as the configuration sets it up, for tests without a container. */
public final class Access {
  private Access() {}

  /** Believes the tokens of an issuer. */
  public static Authentication to(TestIssuer issuer, Path directory) {
    return of(
        Map.of(
            "hemlock.auth.issuer", TestIssuer.ISSUER,
            "hemlock.auth.keys", issuer.saveKeys(directory.resolve("keys.json")).toString(),
            "hemlock.auth.service.token-file", directory.resolve("token").toString()),
        "127.0.0.1");
  }

  /** What some settings make of a process that listens on an address. */
  public static Authentication of(Map<String, String> settings, String httpHost) {
    SmallRyeConfig config = config(settings);
    return new Authentication(
        config.getConfigMapping(AuthConfig.class),
        config.getConfigMapping(TlsConfig.class),
        httpHost);
  }

  /** Settings of TLS. */
  public static TlsConfig tls(Map<String, String> settings) {
    return config(settings).getConfigMapping(TlsConfig.class);
  }

  private static SmallRyeConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withDefaultValues(new HashMap<>(settings))
        .withMapping(AuthConfig.class)
        .withMapping(TlsConfig.class)
        .build();
  }
}
