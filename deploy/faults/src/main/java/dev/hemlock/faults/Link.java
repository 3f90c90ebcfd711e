package dev.hemlock.faults;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** A connection of the services through toxiproxy, which can be made bad. */
final class Link {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI toxiproxy;
  private final String name;

  private Link(URI toxiproxy, String name) {
    this.toxiproxy = toxiproxy;
    this.name = name;
  }

  /** Opens a link from one loopback port to another. */
  static Link open(URI toxiproxy, String name, int listen, int upstream) {
    Link link = new Link(toxiproxy, name);
    link.send(
        "POST",
        "/proxies",
        Map.of(
            "name",
            name,
            "listen",
            "127.0.0.1:" + listen,
            "upstream",
            "127.0.0.1:" + upstream,
            "enabled",
            true));
    return link;
  }

  /** Adds latency to every answer. */
  void delay(int millis) {
    toxic("delay", "latency", "downstream", 1, Map.of("latency", millis));
  }

  /** Resets a share of the connections after a while. */
  void reset(double share, int afterMillis) {
    toxic("reset", "reset_peer", "downstream", share, Map.of("timeout", afterMillis));
  }

  /** Cuts a share of the connections after so many bytes of answers. */
  void cutAnswers(double share, int bytes) {
    toxic("answers", "limit_data", "downstream", share, Map.of("bytes", bytes));
  }

  /** Cuts a share of the connections after so many bytes of requests. */
  void cutRequests(double share, int bytes) {
    toxic("requests", "limit_data", "upstream", share, Map.of("bytes", bytes));
  }

  /** Takes away what was added. */
  void mend(String... toxics) {
    for (String toxic : toxics) {
      send("DELETE", "/proxies/" + name + "/toxics/" + toxic, Map.of());
    }
  }

  private void toxic(
      String toxic, String type, String stream, double share, Map<String, Object> attributes) {
    send(
        "POST",
        "/proxies/" + name + "/toxics",
        Map.of(
            "name", toxic,
            "type", type,
            "stream", stream,
            "toxicity", share,
            "attributes", attributes));
  }

  private void send(String method, String path, Map<String, Object> body) {
    HttpRequest request =
        HttpRequest.newBuilder(toxiproxy.resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(new Gson().toJson(body)))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IOException(method + " " + path + ": " + answer.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
