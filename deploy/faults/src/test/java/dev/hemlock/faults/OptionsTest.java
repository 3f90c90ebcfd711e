package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void readsOptionsAndFaults() {
    Options options =
        Options.parse(
            List.of(
                "--fast", "broker", "--kills", "7", "--seed", "3", "--json", "t.json", "MinIO"));

    assertThat(options.fast()).isTrue();
    assertThat(options.kills()).isEqualTo(7);
    assertThat(options.seed()).isEqualTo(3);
    assertThat(options.json()).contains(Path.of("t.json"));
    assertThat(options.faults()).containsExactly("broker", "MinIO");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Options.parse(List.of("--slow"))).hasMessageContaining("--slow");
    assertThatThrownBy(() -> Options.parse(List.of("--kills"))).hasMessageContaining("--kills");
    assertThatThrownBy(() -> Catalogue.of(Options.parse(List.of("meteorite"))))
        .hasMessageContaining("meteorite");
  }

  @Test
  void killsAsOftenAsAsked() {
    List<Fault> faults = Catalogue.of(Options.parse(List.of("--kills", "52", "random kill")));

    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).rounds()).hasSize(11).last().isEqualTo(new RandomKills(2));
  }
}
