package dev.hemlock.common.security;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which roles may call which RPC: {@code hemlock/access.properties}, where a key is an RPC's full
 * name, or that and {@code ?field.path} for requests in which that field is set.
 */
public final class AccessTable {
  private static final String RESOURCE = "/hemlock/access.properties";
  private static final String ANYBODY = "anybody";

  private final Map<String, Rule> rules = new TreeMap<>();

  private AccessTable() {}

  /**
   * What one RPC demands.
   *
   * @param anybody whether no token is needed
   * @param roles any of which is enough
   * @param fields by path, the roles any of which is needed as well when the field is set
   */
  public record Rule(boolean anybody, Set<Role> roles, Map<String, Set<Role>> fields) {
    /**
     * Makes sure that a caller may send a request.
     *
     * @throws HemlockException PERMISSION_DENIED naming the role that a field of it needs
     */
    public void requireFor(String rpc, Caller caller, Message request) {
      fields.forEach(
          (field, more) -> {
            if (isSet(request, field)) {
              caller.require(rpc + " with " + field, more);
            }
          });
    }

    /** Whether only people who may change something or read flips may call it. */
    public boolean privileged() {
      return !anybody && !roles.contains(Role.VIEWER);
    }

    Rule demanding(String field, Set<Role> more) {
      Map<String, Set<Role>> all = new TreeMap<>(fields);
      all.put(field, more);
      return new Rule(anybody, roles, all);
    }
  }

  /** The table of the contract. */
  public static AccessTable load() {
    try (InputStream in = AccessTable.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + RESOURCE + " is missing");
      }
      Properties properties = new Properties();
      properties.load(in);
      return of(properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static AccessTable of(Properties properties) {
    AccessTable table = new AccessTable();
    for (String key : new TreeMap<>(properties).keySet().toArray(new String[0])) {
      table.add(key, properties.getProperty(key).trim());
    }
    return table;
  }

  private void add(String key, String value) {
    int condition = key.indexOf('?');
    if (condition >= 0) {
      rules.computeIfPresent(
          key.substring(0, condition),
          (rpc, rule) -> rule.demanding(key.substring(condition + 1), roles(key, value)));
    } else if (value.equals(ANYBODY)) {
      rules.put(key, new Rule(true, Set.of(), Map.of()));
    } else {
      rules.put(key, new Rule(false, roles(key, value), Map.of()));
    }
  }

  private static Set<Role> roles(String key, String value) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String id : value.split("\\s+", -1)) {
      roles.add(
          Role.of(id)
              .orElseThrow(() -> new IllegalArgumentException(key + " names no role " + id)));
    }
    return Collections.unmodifiableSet(roles);
  }

  /** What an RPC demands, by its full name; empty: nobody may call it. */
  public Optional<Rule> rule(String rpc) {
    return Optional.ofNullable(rules.get(rpc));
  }

  /** Every RPC of the table, sorted. */
  public Set<String> rpcs() {
    return Collections.unmodifiableSet(rules.keySet());
  }

  private static boolean isSet(Message request, String path) {
    Message message = request;
    String[] names = path.split("\\.", -1);
    for (int i = 0; ; i++) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(names[i]);
      if (field == null) {
        throw new IllegalStateException(
            message.getDescriptorForType().getFullName() + " has no field " + names[i]);
      }
      if (i == names.length - 1) {
        return field.isRepeated()
            ? message.getRepeatedFieldCount(field) > 0
            : message.hasField(field);
      }
      message = (Message) message.getField(field);
    }
  }
}
