package dev.hemlock.faults;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A connection of the services through toxiproxy, which can be made bad. */
final class Link {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI toxiproxy;
  private final String name;
  private final int port;

  private Link(URI toxiproxy, String name, int port) {
    this.toxiproxy = toxiproxy;
    this.name = name;
    this.port = port;
  }

  /** Opens a link from one loopback port to another. */
  static Link open(URI toxiproxy, String name, int listen, int upstream) {
    Link link = new Link(toxiproxy, name, listen);
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

  /**
   * What became of fresh connections.
   *
   * @param cut how many ended though neither side wanted it
   * @param fastest the first answer
   */
  record Probe(int cut, Duration fastest) {}

  /**
   * Opens connections, sends a request on each, and looks after a while how each fared.
   *
   * @param request what is answered on a connection that then stays open
   */
  Probe probe(byte[] request, int connections, Duration watch) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      long begin = System.nanoTime();
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.getOutputStream().write(request);
      }
      long end = begin + watch.toNanos();
      Duration fastest = watch;
      int cut = 0;
      for (Socket socket : sockets) {
        Optional<Long> answered = Optional.empty();
        try {
          while (true) {
            socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            if (socket.getInputStream().read() < 0) {
              cut++;
              break;
            }
            answered = answered.or(() -> Optional.of(System.nanoTime() - begin));
          }
        } catch (SocketTimeoutException e) {
          // Still open, as it should be.
        } catch (IOException e) {
          cut++;
        }
        Duration first = Duration.ofNanos(answered.orElse(watch.toNanos()));
        fastest = first.compareTo(fastest) < 0 ? first : fastest;
      }
      return new Probe(cut, fastest);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
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
