package dev.hemlock.common.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy that can swallow answers: the server did what it was asked, nobody hears of it. It can
 * also hang: it takes what it is sent, and neither answers nor closes.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final URI target;
  private final AtomicInteger answersToCut = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile boolean hanging;

  CuttingProxy(URI target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Swallows the next answers. */
  void cutAnswers(int count) {
    answersToCut.set(count);
  }

  /** How many answers were swallowed. */
  int cut() {
    return cut.get();
  }

  /** Leaves all that comes from now on without an answer. */
  void hang() {
    hanging = true;
  }

  /** How many requests, or parts of one, it has left so. */
  int unanswered() {
    return unanswered.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(target.getHost(), target.getPort());
        daemon(() -> pump(client, server, false));
        daemon(() -> pump(server, client, true));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (answers && answersToCut.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
          cut.incrementAndGet();
          return;
        }
        if (hanging) {
          unanswered.addAndGet(answers ? 0 : 1);
        } else {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // One of the sides has closed.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
