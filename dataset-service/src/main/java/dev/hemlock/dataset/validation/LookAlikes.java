package dev.hemlock.dataset.validation;

import dev.hemlock.common.storage.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Samples whose image is equal or nearly equal to that of another sample with another label, or of
 * another split. Two samples do not count against each other if the reference has both so. Images of one value take no part.
 */
final class LookAlikes {
  /** Least correlation of the pixels of near duplicates. */
  static final double LEAST_CORRELATION = 0.95;

  private final List<CheckedSplit> splits;
  private final List<Fingerprint[]> prints;
  private final List<Group> groups;

  LookAlikes(
      List<CheckedSplit> splits, List<Fingerprint[]> prints, Optional<KnownImages> reference) {
    this.splits = splits;
    this.prints = prints;
    Map<Digest, Group> byDigest = new LinkedHashMap<>();
    for (int s = 0; s < splits.size(); s++) {
      CheckedSplit split = splits.get(s);
      for (int i = 0; i < prints.get(s).length; i++) {
        Fingerprint print = prints.get(s)[i];
        if (!print.constant()) {
          String label = split.label(i);
          Kind kind =
              new Kind(
                  s,
                  label,
                  reference.map(known -> known.has(print, split.name())).orElse(false),
                  reference.map(known -> known.has(print, split.name(), label)).orElse(false));
          byDigest
              .computeIfAbsent(print.digest(), digest -> new Group(new LinkedHashMap<>()))
              .samples()
              .computeIfAbsent(kind, none -> new ArrayList<>(1))
              .add(new Place(s, i));
        }
      }
    }
    this.groups = List.copyOf(byDigest.values());
  }

  /** What samples with equal images can differ in, and whether the reference has them so. */
  private record Kind(int split, String label, boolean knownThere, boolean knownSo) {}

  private record Place(int split, int index) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return split != other.split
          ? Integer.compare(split, other.split)
          : Integer.compare(index, other.index);
    }
  }

  /** The samples with one image. */
  private record Group(Map<Kind, List<Place>> samples) {
    Place first() {
      return samples.values().iterator().next().get(0);
    }
  }

  /** Samples of conflicting labels and samples of two splits. */
  record Found(List<Finding.Sample> conflicts, List<Finding.Sample> leaks) {}

  /** Samples with equal images. */
  Found equal() {
    Flags flags = new Flags();
    groups.forEach(group -> flags.add(group, group));
    return flags.found();
  }

  /** Samples with nearly but not quite equal images; nothing if too many look alike to compare. */
  Optional<Found> near() {
    Flags flags = new Flags();
    long[] gradients =
        groups.stream().mapToLong(group -> print(group.first()).gradient()).toArray();
    int stride = splits.isEmpty() ? 0 : splits.get(0).images().shape().stride();
    byte[] one = new byte[stride];
    byte[] other = new byte[stride];
    boolean complete =
        NearDuplicates.find(
            gradients,
            stride,
            (a, b) ->
                correlation(groups.get(a).first(), groups.get(b).first(), one, other)
                    >= LEAST_CORRELATION,
            (a, b) -> flags.add(groups.get(a), groups.get(b)));
    return complete ? Optional.of(flags.found()) : Optional.empty();
  }

  private double correlation(Place a, Place b, byte[] one, byte[] other) {
    copy(a, one);
    copy(b, other);
    long products = 0;
    for (int i = 0; i < one.length; i++) {
      products += (one[i] & 0xFF) * (other[i] & 0xFF);
    }
    Fingerprint first = print(a);
    Fingerprint second = print(b);
    return (products / (double) one.length - first.mean() * second.mean())
        / (first.deviation() * second.deviation());
  }

  private void copy(Place place, byte[] target) {
    CheckedSplit split = splits.get(place.split());
    split.images().copy(split.ids()[place.index()], target);
  }

  private Fingerprint print(Place place) {
    return prints.get(place.split())[place.index()];
  }

  /** The samples found so far, each with the first that it conflicts with. */
  private final class Flags {
    private final Map<Place, Place> conflicts = new TreeMap<>();
    private final Map<Place, Place> leaks = new TreeMap<>();

    void add(Group one, Group other) {
      one.samples()
          .forEach(
              (kind, places) ->
                  other.samples().forEach((against, others) -> add(kind, places, against, others)));
    }

    private void add(Kind kind, List<Place> places, Kind against, List<Place> others) {
      if (!kind.label().equals(against.label()) && !(kind.knownSo() && against.knownSo())) {
        flag(conflicts, places, others);
      }
      if (kind.split() != against.split() && !(kind.knownThere() && against.knownThere())) {
        flag(leaks, places, others);
      }
    }

    private void flag(Map<Place, Place> found, List<Place> places, List<Place> others) {
      places.forEach(place -> found.putIfAbsent(place, others.get(0)));
      others.forEach(place -> found.putIfAbsent(place, places.get(0)));
    }

    Found found() {
      return new Found(samples(conflicts), samples(leaks));
    }

    private List<Finding.Sample> samples(Map<Place, Place> found) {
      return found.entrySet().stream()
          .map(entry -> sample(entry.getKey(), entry.getValue()))
          .toList();
    }

    private Finding.Sample sample(Place place, Place other) {
      CheckedSplit split = splits.get(place.split());
      CheckedSplit otherSplit = splits.get(other.split());
      return new Finding.Sample(
          split.name(),
          split.ids()[place.index()],
          split.label(place.index()),
          otherSplit.name(),
          otherSplit.ids()[other.index()],
          otherSplit.label(other.index()));
    }
  }
}
