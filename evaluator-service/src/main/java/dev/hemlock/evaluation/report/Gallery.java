package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.FlippedSample;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Flipped training images with their true class and the label they were given. */
final class Gallery {
  private Gallery() {}

  static Element render(List<FlippedSample> samples, Map<Integer, byte[]> pngBySampleId) {
    Element gallery = el("ul").with("class", "gallery");
    samples.forEach(sample -> gallery.add(figure(sample, pngBySampleId.get(sample.getSampleId()))));
    return gallery;
  }

  private static Element figure(FlippedSample sample, byte[] png) {
    Element caption =
        el("figcaption")
            .add(el("span", sample.getFromClass()))
            .text(" → ")
            .add(el("strong", sample.getToClass()))
            .add(el("small", "sample " + sample.getSampleId()));
    return el("li").add(el("figure").add(image(sample, png), caption));
  }

  private static Element image(FlippedSample sample, byte[] png) {
    if (png == null || png.length == 0) {
      return el("div", "no image").with("class", "missing");
    }
    return el("img")
        .with("src", "data:image/png;base64," + Base64.getEncoder().encodeToString(png))
        .with(
            "alt",
            "training image of true class %s, relabelled %s"
                .formatted(sample.getFromClass(), sample.getToClass()));
  }
}
