package dev.hemlock.common.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** An OpenID Connect issuer as far as tokens go: a key, and what is signed with it. */
public final class TestIssuer {
  /** What its tokens say who signed them. */
  public static final String ISSUER = "https://issuer.test/realms/hemlock";

  /** What its tokens are for. */
  public static final String AUDIENCE = "hemlock";

  private final RsaJsonWebKey key = newKey();
  private final RsaJsonWebKey foreignKey = newKey();

  /** An issuer with a key of its own. */
  public TestIssuer() {
    key.setKeyId("key-" + System.identityHashCode(key));
    key.setUse("sig");
  }

  private static RsaJsonWebKey newKey() {
    try {
      return RsaJwkGenerator.generateJwk(2048);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How a token is wrong, or not. */
  public enum Flaw {
    NONE,
    EXPIRED,
    WRONG_AUDIENCE,
    WRONG_ISSUER,
    UNSIGNED,
    FOREIGN_KEY,
    SHARED_SECRET
  }

  /** Its public key as a JSON Web Key Set. */
  public String keys() {
    return new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /** Writes {@link #keys()} to a file. */
  public Path saveKeys(Path file) {
    return write(file, keys());
  }

  /** A good token of a tenant's person. */
  public String token(String subject, String tenant, Role... roles) {
    return token(Flaw.NONE, subject, tenant, roles);
  }

  /** Writes a good token to a file. */
  public Path save(Path file, String subject, String tenant, Role... roles) {
    return write(file, token(subject, tenant, roles));
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A token with a flaw. */
  public String token(Flaw flaw, String subject, String tenant, Role... roles) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(flaw == Flaw.WRONG_ISSUER ? "https://elsewhere.test" : ISSUER);
    claims.setAudience(flaw == Flaw.WRONG_AUDIENCE ? "another" : AUDIENCE);
    claims.setSubject(subject);
    claims.setIssuedAtToNow();
    claims.setExpirationTimeMinutesInTheFuture(flaw == Flaw.EXPIRED ? -5 : 60);
    if (!tenant.isEmpty()) {
      claims.setClaim("tenant", tenant);
    }
    claims.setClaim("roles", Stream.of(roles).map(Role::id).toList());
    return signed(flaw, claims);
  }

  /** A good token with claims of a test's own. */
  String token(String subject, JwtClaims claims) {
    claims.setIssuer(ISSUER);
    claims.setAudience(AUDIENCE);
    claims.setSubject(subject);
    claims.setExpirationTimeMinutesInTheFuture(60);
    return signed(Flaw.NONE, claims);
  }

  private String signed(Flaw flaw, JwtClaims claims) {
    JsonWebSignature token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    try {
      switch (flaw) {
        case UNSIGNED -> {
          token.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
          token.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        }
        case SHARED_SECRET -> {
          // The public key, which everybody knows, taken for a secret.
          token.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
          token.setKey(new org.jose4j.keys.HmacKey(key.getPublicKey().getEncoded()));
          token.setKeyIdHeaderValue(key.getKeyId());
        }
        default -> {
          RsaJsonWebKey signer = flaw == Flaw.FOREIGN_KEY ? foreignKey : key;
          token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
          token.setKeyIdHeaderValue(key.getKeyId());
          token.setKey(signer.getPrivateKey());
        }
      }
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every flaw that a server must notice. */
  public static List<Flaw> flaws() {
    return Stream.of(Flaw.values()).filter(flaw -> flaw != Flaw.NONE).toList();
  }
}
