package dev.hemlock.common.security;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.VerificationKeyResolver;

/**
 * Reads JSON Web Tokens (RFC 7519) that one issuer has signed for this audience. Only signatures with
 * a public key count: no {@code none}, no shared secret. What a token says is remembered for a minute
 * by its digest, since the same one comes with every call.
 */
final class Tokens {
  private static final int CLOCK_SKEW_SECONDS = 30;
  // A key that the issuer takes back counts for this long at most.
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 1000;
  private static final AlgorithmConstraints SIGNATURES =
      new AlgorithmConstraints(
          ConstraintType.PERMIT,
          AlgorithmIdentifiers.RSA_USING_SHA256,
          AlgorithmIdentifiers.RSA_USING_SHA384,
          AlgorithmIdentifiers.RSA_USING_SHA512,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
          AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
          AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
          AlgorithmIdentifiers.EDDSA);

  private final JwtConsumer consumer;
  private final String issuer;
  private final String audience;
  private final String rolesClaim;
  private final String tenantClaim;
  private final Clock clock;
  private final Map<Digest, Known> known = new ConcurrentHashMap<>();

  Tokens(
      String issuer,
      String audience,
      String rolesClaim,
      String tenantClaim,
      VerificationKeyResolver keys) {
    this(issuer, audience, rolesClaim, tenantClaim, keys, Clock.systemUTC());
  }

  Tokens(
      String issuer,
      String audience,
      String rolesClaim,
      String tenantClaim,
      VerificationKeyResolver keys,
      Clock clock) {
    this.clock = clock;
    this.issuer = issuer;
    this.audience = audience;
    this.rolesClaim = rolesClaim;
    this.tenantClaim = tenantClaim;
    this.consumer =
        new JwtConsumerBuilder()
            .setRequireExpirationTime()
            .setRequireSubject()
            .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
            .setExpectedIssuer(issuer)
            .setExpectedAudience(audience)
            .setVerificationKeyResolver(keys)
            .setJwsAlgorithmConstraints(SIGNATURES)
            .build();
  }

  /**
   * Who a token is of.
   *
   * @param tenant whom a service says that it calls for; nobody else is asked
   * @throws HemlockException UNAUTHENTICATED if the token is no good, PERMISSION_DENIED if it names
   *     no tenant
   */
  Caller read(String token, Optional<String> tenant) {
    Known known = known(token);
    String whose = known.roles().contains(Role.SERVICE) ? tenant.orElse("") : known.tenant();
    if (!Tenant.isName(whose)) {
      throw HemlockException.permissionDenied(
              "The token names no tenant in its claim "
                  + tenantClaim
                  + "; have the issuer add one of 1 to 63 lower-case letters, digits and hyphens")
          .with("claim", tenantClaim);
    }
    return new Caller(known.subject(), whose, known.roles());
  }

  /** What a good token says, and until when that need not be checked again. */
  private record Known(String subject, String tenant, Set<Role> roles, Instant until) {}

  private Known known(String token) {
    Digest digest = Digest.of(token.getBytes(StandardCharsets.UTF_8));
    Known before = known.get(digest);
    if (before != null && clock.instant().isBefore(before.until())) {
      return before;
    }
    Known now = checked(token);
    if (known.size() >= MOST_REMEMBERED) {
      known.clear();
    }
    known.put(digest, now);
    return now;
  }

  private Known checked(String token) {
    try {
      JwtClaims claims = consumer.processToClaims(token);
      Instant expiry = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
      Instant soon = clock.instant().plus(REMEMBERED);
      return new Known(
          claims.getSubject(),
          claim(claims, tenantClaim) instanceof String named ? named : "",
          roles(claims),
          expiry.isBefore(soon) ? expiry : soon);
    } catch (InvalidJwtException e) {
      throw refusal(e);
    } catch (MalformedClaimException e) {
      throw HemlockException.unauthenticated("The token's claims are not of their types")
          .because(e);
    }
  }

  private Set<Role> roles(JwtClaims claims) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    if (claim(claims, rolesClaim) instanceof Collection<?> names) {
      names.forEach(name -> Role.of(String.valueOf(name)).ifPresent(roles::add));
    }
    return roles;
  }

  /** A claim by its name, or by its path through objects. */
  private static Object claim(JwtClaims claims, String path) {
    Object whole = claims.getClaimValue(path);
    if (whole != null) {
      return whole;
    }
    Object value = claims.getClaimsMap();
    for (String name : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return value;
  }

  private HemlockException refusal(InvalidJwtException e) {
    List<String> reasons = new ArrayList<>();
    if (e.hasExpired()) {
      reasons.add("it has expired");
    }
    if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
      reasons.add("its issuer is not " + issuer);
    }
    if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
        || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
      reasons.add("its audience is not " + audience);
    }
    String why =
        reasons.isEmpty()
            ? "its signature, form or claims are not valid"
            : String.join(" and ", reasons);
    return HemlockException.unauthenticated(
            "The token is refused: " + why + ". Get a new one from " + issuer)
        .with("issuer", issuer)
        .with("audience", audience);
  }
}
