package dev.hemlock.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A gate's outcome as JUnit XML with one test case, in the form that the Ant task wrote first and
 * continuous integration reads: a failed gate is a failure, an undecided one a skipped test.
 */
final class JunitXml {
  private JunitXml() {}

  static void write(Path path, String name, GateOutcome outcome, double seconds) {
    try {
      Files.writeString(path, of(name, outcome, seconds));
    } catch (IOException e) {
      throw new CliException("Could not write " + path + ": " + e, e);
    }
  }

  static String of(String name, GateOutcome outcome, double seconds) {
    StringWriter text = new StringWriter();
    try {
      write(XMLOutputFactory.newFactory().createXMLStreamWriter(text), name, outcome, seconds);
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return text.append('\n').toString();
  }

  private static void write(XMLStreamWriter xml, String name, GateOutcome outcome, double seconds)
      throws XMLStreamException {
    String time = String.format(Locale.ROOT, "%.3f", seconds);
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "hemlock gate");
    xml.writeAttribute("tests", "1");
    xml.writeAttribute("failures", count(outcome, GateOutcome.Kind.FAILED));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", count(outcome, GateOutcome.Kind.UNDECIDED));
    xml.writeAttribute("time", time);
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "hemlock.gate");
    xml.writeAttribute("name", name);
    xml.writeAttribute("time", time);
    switch (outcome.kind()) {
      case FAILED -> message(xml, "failure", outcome);
      case UNDECIDED -> message(xml, "skipped", outcome);
      case PASSED -> {
        xml.writeStartElement("system-out");
        xml.writeCharacters(outcome.sentence());
        xml.writeEndElement();
      }
    }
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.close();
  }

  private static void message(XMLStreamWriter xml, String element, GateOutcome outcome)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("message", outcome.sentence());
    xml.writeEndElement();
  }

  private static String count(GateOutcome outcome, GateOutcome.Kind kind) {
    return outcome.kind() == kind ? "1" : "0";
  }
}
