package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.proto.poison.v1.ClassChange;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class AttackOptionsTest {
  @Test
  void passesOnEveryChangeOfAClassMap() {
    PoisoningSpec spec =
        parsed("--attack", "class-map", "--map", "1=7", "--map", "1=a=b", "--ratio", "0.1");

    assertThat(spec.getAttack().getClassMap().getChangesList())
        .containsExactly(change("1", "7"), change("1", "a=b"));
  }

  @Test
  void refusesAChangeWithoutATarget() {
    assertThatThrownBy(() -> parsed("--attack", "class-map", "--map", "1"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("must look like cat=dog, not 1");
  }

  private static ClassChange change(String from, String to) {
    return ClassChange.newBuilder().setSourceClass(from).setTargetClass(to).build();
  }

  private static PoisoningSpec parsed(String... arguments) {
    Poison poison = new Poison();
    new CommandLine(poison).parseArgs(arguments);
    PoisoningSpec.Builder spec = PoisoningSpec.newBuilder();
    poison.attack.addTo(spec);
    return spec.build();
  }

  @Command
  private static final class Poison {
    @Mixin private AttackOptions attack;
  }
}
