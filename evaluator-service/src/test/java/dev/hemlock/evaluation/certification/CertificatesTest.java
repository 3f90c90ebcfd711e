package dev.hemlock.evaluation.certification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.certification.Certificates.Point;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CertificatesTest {
  /** Four samples of the classes 0, 0, 1 and 1; the third is read as 0. */
  private static final int[] TRUTH = {0, 0, 1, 1};

  private static final Certificates CERTIFICATES =
      new Certificates(new int[] {0, 0, 0, 1}, new int[] {2, 0, 5, 1}, new int[] {2, 1, 6, -1});

  @Test
  void countsOnlyRightPredictionsAsCertifiedAccuracy() {
    assertThat(CERTIFICATES.curve(TRUTH, OptionalInt.empty()))
        .extracting(Point::accuracy)
        .containsExactly(0.75, 0.5, 0.25, 0.0);
  }

  @Test
  void boundsWhatAnAttackOnTheSourceClassCanReach() {
    assertThat(CERTIFICATES.curve(TRUTH, OptionalInt.of(1)))
        .extracting(Point::attackSuccess)
        .containsExactly(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0);
  }

  @Test
  void findsTheLargestNumberOfFlipsThatHalfOfThePredictionsWithstand() {
    assertThat(Certificates.median(CERTIFICATES.curve(TRUTH, OptionalInt.empty()))).hasValue(1);
    assertThat(Certificates.median(List.of(new Point(0, 0.4, 0)))).isEmpty();
  }

  @Test
  void endsAtNoFlipsIfNothingIsRight() {
    Certificates wrong = new Certificates(new int[] {1}, new int[] {3}, new int[0]);

    assertThat(wrong.curve(new int[] {0}, OptionalInt.empty())).containsExactly(new Point(0, 0, 0));
  }

  @Test
  void certifiesWhatManyFlipsCanNotChange() {
    assertThat(CERTIFICATES.certified(2)).containsExactly(0, 2);
    assertThat(CERTIFICATES.certified(0)).hasSize(4);
  }

  @Test
  void certifiesVotes() {
    Votes votes = new Votes(Aggregation.of(3, 1, 0), new int[][] {{0, 1}, {0, 2}, {0, 2}}, 3);

    Certificates certificates = Certificates.of(votes, OptionalInt.of(2));

    assertThat(certificates.predictions()).containsExactly(0, 2);
    assertThat(certificates.radii()).containsExactly(1, 0);
    assertThat(certificates.targetRadii()).containsExactly(1, -1);
    assertThat(Certificates.of(votes, OptionalInt.empty()).hasTarget()).isFalse();
  }
}
