package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTest {
  /** Answers late, and cuts every other connection after a byte. */
  private static void serve(ServerSocket server, int connections) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      sockets.add(server.accept());
    }
    Thread.sleep(200);
    for (int i = 0; i < connections; i++) {
      sockets.get(i).getOutputStream().write(1);
      if (i % 2 == 0) {
        sockets.get(i).close();
      }
    }
  }

  @Test
  void seesWhichConnectionsAreCutAndHowLateAnswersCome() throws Exception {
    HttpServer toxiproxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    toxiproxy.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    toxiproxy.start();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI control = URI.create("http://127.0.0.1:" + toxiproxy.getAddress().getPort());
      Link link = Link.open(control, "link", server.getLocalPort(), 1);
      Thread serving =
          new Thread(
              () -> {
                try {
                  serve(server, 6);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      serving.start();

      Link.Probe probe = link.probe(new byte[] {1}, 6, Duration.ofSeconds(2));

      assertThat(probe.cut()).isEqualTo(3);
      assertThat(probe.fastest()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(2));
    } finally {
      toxiproxy.stop(0);
    }
  }
}
