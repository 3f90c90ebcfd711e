package dev.hemlock.evaluation.report;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A page of a real Chromium, driven over the DevTools protocol. No name resolves in it, so nothing
 * that it or the page asks for leaves the machine.
 */
final class ChromiumPage implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 60;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> replies = new ConcurrentHashMap<>();
  private final CompletableFuture<JsonObject> loaded = new CompletableFuture<>();
  private final List<JsonObject> events = new CopyOnWriteArrayList<>();

  private ChromiumPage(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
  }

  static Optional<Path> executable() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static ChromiumPage start(Path executable, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    try {
      URI browser = listening(process);
      URI list = URI.create("http://127.0.0.1:" + browser.getPort() + "/json/list");
      String targets =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
              .body();
      String page =
          new JsonArray(targets)
              .stream()
                  .map(JsonObject.class::cast)
                  .filter(target -> target.getString("type").equals("page"))
                  .map(target -> target.getString("webSocketDebuggerUrl"))
                  .findFirst()
                  .orElseThrow();
      return new ChromiumPage(process, URI.create(page));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /**
   * Opens a file at a width in pixels, as a light or dark screen, with the page's scripts on or off,
   * and waits until it is loaded.
   */
  void open(Path file, int width, String colourScheme, boolean scripts) {
    call("Page.enable", new JsonObject());
    call("Network.enable", new JsonObject());
    call("Log.enable", new JsonObject());
    call("Runtime.enable", new JsonObject());
    call("Emulation.setScriptExecutionDisabled", new JsonObject().put("value", !scripts));
    call(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .put("width", width)
            .put("height", 800)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    JsonObject scheme =
        new JsonObject().put("name", "prefers-color-scheme").put("value", colourScheme);
    call(
        "Emulation.setEmulatedMedia",
        new JsonObject().put("features", new JsonArray().add(scheme)));
    call("Page.navigate", new JsonObject().put("url", file.toUri().toString()));
    loaded.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }

  JsonObject call(String method, JsonObject parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonObject> reply = new CompletableFuture<>();
    replies.put(id, reply);
    String message =
        new JsonObject().put("id", id).put("method", method).put("params", parameters).encode();
    socket.sendText(message, true).join();
    JsonObject answer = reply.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    if (answer.containsKey("error")) {
      throw new IllegalStateException(method + ": " + answer.getJsonObject("error"));
    }
    return answer.getJsonObject("result");
  }

  /** What happened so far: everything requested, logged or thrown. */
  List<JsonObject> events(String method) {
    return events.stream().filter(event -> event.getString("method").equals(method)).toList();
  }

  /** Waits for an event whose parameters meet a condition, also if it came before. */
  void await(String method, Predicate<JsonObject> condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    synchronized (events) {
      while (events(method).stream()
          .noneMatch(event -> condition.test(event.getJsonObject("params")))) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new IllegalStateException("No such " + method + " among " + events(method));
        }
        events.wait(left);
      }
    }
  }

  String html() {
    JsonObject root = call("DOM.getDocument", new JsonObject()).getJsonObject("root");
    return call("DOM.getOuterHTML", new JsonObject().put("nodeId", root.getInteger("nodeId")))
        .getString("outerHTML");
  }

  /** Presses and releases a key, for example {@code Tab} with code 9. */
  void press(String key, int code) {
    JsonObject event = new JsonObject().put("key", key).put("windowsVirtualKeyCode", code);
    call("Input.dispatchKeyEvent", event.copy().put("type", "keyDown"));
    call("Input.dispatchKeyEvent", event.copy().put("type", "keyUp"));
  }

  /** Whether the first element of a CSS selector is drawn. */
  boolean shows(String selector) {
    try {
      call("DOM.getBoxModel", new JsonObject().put("nodeId", node(selector)));
      return true;
    } catch (IllegalStateException e) {
      return false; // What isn't drawn has no box.
    }
  }

  /** Whether an element of a CSS selector, which may hold state such as {@code :focus}, exists. */
  boolean has(String selector) {
    return node(selector) != 0;
  }

  void click(String selector) {
    JsonObject element = new JsonObject().put("nodeId", node(selector));
    call("DOM.scrollIntoViewIfNeeded", element);
    JsonArray corners =
        call("DOM.getBoxModel", element).getJsonObject("model").getJsonArray("content");
    JsonObject place =
        new JsonObject()
            .put("x", (corners.getDouble(0) + corners.getDouble(4)) / 2)
            .put("y", (corners.getDouble(1) + corners.getDouble(5)) / 2)
            .put("button", "left")
            .put("clickCount", 1);
    call("Input.dispatchMouseEvent", place.copy().put("type", "mousePressed"));
    call("Input.dispatchMouseEvent", place.copy().put("type", "mouseReleased"));
  }

  private int node(String selector) {
    int root = call("DOM.getDocument", new JsonObject()).getJsonObject("root").getInteger("nodeId");
    return call("DOM.querySelector", new JsonObject().put("nodeId", root).put("selector", selector))
        .getInteger("nodeId");
  }

  /** The width that the content takes, in pixels. */
  int contentWidth() {
    return (int)
        Math.ceil(
            call("Page.getLayoutMetrics", new JsonObject())
                .getJsonObject("cssContentSize")
                .getDouble("width"));
  }

  /** Ends when every process of the browser has, so that nothing writes to its profile any more. */
  @Override
  public void close() throws Exception {
    socket.abort();
    List<ProcessHandle> processes =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    for (ProcessHandle one : processes) {
      try {
        one.onExit().get(10, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        one.destroyForcibly();
        one.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  private static URI listening(Process process) throws IOException {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(LISTENING)) {
        drain(output);
        return URI.create(line.substring(LISTENING.length()).strip());
      }
    }
    throw new IOException("Chromium ended before it opened its DevTools port");
  }

  private static void drain(BufferedReader output) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (output.readLine() != null) {}
              } catch (IOException e) {
                // The process has ended.
              }
            },
            "chromium-output");
    thread.setDaemon(true);
    thread.start();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        accept(new JsonObject(message.toString()));
        message.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    private void accept(JsonObject json) {
      if (json.containsKey("id")) {
        replies.remove(json.getInteger("id")).complete(json);
        return;
      }
      synchronized (events) {
        events.add(json);
        events.notifyAll();
      }
      if (json.getString("method").equals("Page.loadEventFired")) {
        loaded.complete(json);
      }
    }
  }
}
