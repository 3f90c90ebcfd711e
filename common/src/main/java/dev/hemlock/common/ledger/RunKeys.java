package dev.hemlock.common.ledger;

import java.util.Locale;
import java.util.regex.Pattern;

/** Where the objects of one kind of run lie. Numbers are zero-padded, so that key order is numeric. */
record RunKeys(String tenant, String kind, String stage) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{8,9}");

  RunKeys {
    if (tenant.isEmpty() || kind.isEmpty() || stage.isEmpty()) {
      throw new IllegalArgumentException("tenant, kind and stage must not be empty");
    }
  }

  String runs() {
    return tenant + "/runs/" + kind + "/";
  }

  String run(String name) {
    return tenant + "/runs/" + name + "/";
  }

  String spec(String name) {
    return run(name) + "spec";
  }

  String stage(String name) {
    return run(name) + "stages/" + stage + "/";
  }

  String claim(String name, int epoch) {
    return stage(name) + "claims/" + pad(epoch);
  }

  String heartbeat(String name, int epoch) {
    return stage(name) + "heartbeat/" + pad(epoch);
  }

  String attempt(String name, int epoch) {
    return stage(name) + "attempts/" + pad(epoch);
  }

  String checkpoints(String name) {
    return stage(name) + "checkpoints/";
  }

  String checkpoint(String name, int epoch, int step) {
    return checkpoints(name) + pad(epoch) + "/" + pad(step) + "/";
  }

  String result(String name) {
    return stage(name) + "result";
  }

  String requested(String name, int tryNumber) {
    return run(name) + "tries/" + pad(tryNumber) + "/requested";
  }

  String traceparent(String name, int tryNumber) {
    return run(name) + "tries/" + pad(tryNumber) + "/traceparent";
  }

  String cancel(String name, int tryNumber) {
    return run(name) + "tries/" + pad(tryNumber) + "/cancel";
  }

  String terminal(String name, int tryNumber) {
    return run(name) + "tries/" + pad(tryNumber) + "/terminal";
  }

  String pending() {
    return tenant + "/pending/" + stage + "/";
  }

  /** A marker belongs to one try, so that dropping it never hides the next one. */
  String pending(String name, int tryNumber) {
    return pending() + name.substring(name.lastIndexOf('/') + 1) + "/" + pad(tryNumber);
  }

  String workers() {
    return tenant + "/workers/" + stage + "/";
  }

  String request(String digestOfId) {
    return tenant + "/requests/" + kind + "/" + digestOfId;
  }

  /** Whether a path element is a number as {@link #pad} writes it, and not a store's own file. */
  static boolean isNumber(String element) {
    return NUMBER.matcher(element).matches();
  }

  static String pad(int number) {
    return String.format(Locale.ROOT, "%08d", number);
  }
}
