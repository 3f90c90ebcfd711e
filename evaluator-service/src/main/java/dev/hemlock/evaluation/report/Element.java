package dev.hemlock.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An element of HTML or SVG under construction. Whatever enters as text or as an attribute's value
 * is escaped when written, and there is no other way in, so hostile class names stay text. The
 * result is well-formed as HTML and as XML.
 */
final class Element {
  private static final Set<String> VOID = Set.of("br", "hr", "img", "input", "link", "meta");
  private static final Set<String> EMPTY_SVG = Set.of("circle", "line", "path", "polyline", "rect");
  private static final Set<String> BLOCKS =
      Set.of("section", "div", "table", "thead", "tbody", "tr", "svg", "figure", "head", "body");
  private static final int REPLACEMENT = 0xFFFD;

  private final String name;
  private final StringBuilder attributes = new StringBuilder();
  private final List<Object> children = new ArrayList<>();

  private Element(String name) {
    this.name = name;
  }

  static Element el(String name) {
    return new Element(name);
  }

  static Element el(String name, String text) {
    return new Element(name).text(text);
  }

  /** A section that is named by its heading. */
  static Element section(String id, String heading) {
    return el("section")
        .with("id", id)
        .with("aria-labelledby", id + "-heading")
        .add(el("h2", heading).with("id", id + "-heading"));
  }

  Element with(String attribute, String value) {
    attributes.append(' ').append(attribute).append("=\"");
    escape(value, true, attributes);
    attributes.append('"');
    return this;
  }

  Element with(String attribute, double value) {
    return with(attribute, Figures.plain(value));
  }

  Element text(String text) {
    children.add(text);
    return this;
  }

  Element add(Element... elements) {
    return add(List.of(elements));
  }

  Element add(List<Element> elements) {
    children.addAll(elements);
    return this;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }

  void write(StringBuilder out) {
    out.append('<').append(name).append(attributes);
    if (VOID.contains(name) || (children.isEmpty() && EMPTY_SVG.contains(name))) {
      out.append("/>");
      return;
    }
    out.append('>');
    for (Object child : children) {
      if (child instanceof Element element) {
        element.write(out);
      } else {
        escape((String) child, false, out);
      }
    }
    out.append("</").append(name).append('>');
    if (BLOCKS.contains(name)) {
      out.append('\n');
    }
  }

  private static void escape(String text, boolean quoted, StringBuilder out) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append(quoted ? "&quot;" : "\"");
                default -> out.appendCodePoint(isHarmless(c) ? c : REPLACEMENT);
              }
            });
  }

  /** Refuses what XML 1.0 forbids and the controls that reorder text for the reader. */
  private static boolean isHarmless(int c) {
    boolean control = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0);
    boolean surrogateOrNonCharacter = (c >= 0xD800 && c <= 0xDFFF) || (c & 0xFFFE) == 0xFFFE;
    boolean reordering = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !surrogateOrNonCharacter && !reordering;
  }
}
