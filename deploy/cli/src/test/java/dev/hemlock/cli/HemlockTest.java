package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HemlockTest {
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "measure --source a --target b | Missing required argument",
        "measure --digits --cifar10 --source a --target b | mutually exclusive",
        "poison --source a --target b --ratio 0.4 | Missing required option: '--snapshot=<snapshot>'",
        "poison --snapshot s --source a --target b | --ratio, --split-share or --count",
        "poison --snapshot s --source a --target b --ratio 1 --count 2 | mutually exclusive",
        "poison --snapshot s --source a --ratio 1 | option of --attack targeted: --target",
        "poison --snapshot s --source a --source c --target b --ratio 1 | use many-to-one",
        "poison --snapshot s --attack symmetric --map a=b --count 1 | does not take --map",
        "poison --snapshot s --attack random --count 1 | expected one of",
        "poison --snapshot s --attack most-confident --source a --target b --ratio 1"
            + " | option of --attack most-confident: --evaluation",
        "train --snapshot s --recipe vgg | expected one of",
        "measure --digits --source a --target b --ratio x | is not a double",
        "measure --digits --source a --target b --seeds 4294967296 | not a seed from 0 to",
        "import --digits --limit-per-class 0 | is not a whole number from 1",
        "gate experiment.yaml | Missing required option: '--max-excess-asr=SHARE'",
        "experiment search experiment.yaml --looks 0 | is not a whole number from 1",
        "validate --reference r | Missing required option: '--snapshot=<snapshot>'",
        "validate --snapshot s --reference r --expectations f | mutually exclusive",
        "nonsense | Unmatched argument"
      })
  void explainsWrongUsageWithExitCodeTwo(String arguments, String explanation) {
    // When
    int exit = execute(arguments.split(" "));

    // Then
    assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains(explanation);
  }

  @Test
  void keepsTheGatesExitCodesForItsVerdicts() {
    int exit = execute("gate", "--max-excess-asr", "0.1", "/nowhere.yaml");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("There is no file /nowhere.yaml");
  }

  @Test
  void keepsTheExitCodesOfValidateForItsVerdicts(@TempDir Path folder) throws Exception {
    Path policy =
        Files.writeString(
            folder.resolve("policy.yaml"), "rules:\n  - {check: leakage, action: shred}\n");

    int exit = execute("validate", "--snapshot", "s", "--policy", policy.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .contains("policy.yaml: Line 2: action can not be shred")
        .contains("VALIDATION_ACTION_QUARANTINE");
  }

  @Test
  void namesTheFileThatIsMissing() {
    // When
    int exit = execute("import", "--archive", "/nowhere/images.zip");

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("There is no file /nowhere/images.zip");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--source a --target b --ratio 0.4",
        "--attack many-to-one --source a --source c --target b --count 5",
        "--attack pair-swap --source a --target b --count 4",
        "--attack symmetric --split-share 0.2",
        "--attack circular --split-share 0.2",
        "--attack class-map --map a=b --map b=c --ratio 0.1",
        "--attack cifar10-asymmetric --ratio 0.4",
        "--attack highest-loss --source a --target b --evaluation evaluations/1 --ratio 0.4"
      })
  void readsEveryAttackBeforeItLooksForTheServer(String attack) {
    // When
    int exit = execute(("poison --address 127.0.0.1:1 --snapshot s " + attack).split(" "));

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).startsWith("UNAVAILABLE");
  }

  @Test
  void namesTheLineOfAFlipFileThatItCanNotRead(@TempDir Path folder) throws Exception {
    // Given
    Path file =
        Files.writeString(folder.resolve("flips.csv"), "sample_id,to_class\n3,cat\nx,cat\n");

    // When
    int exit =
        execute("poison", "--snapshot", "s", "--attack", "explicit", "--flips", file.toString());

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Line 3 of").contains("must begin with a sample id, not x");
  }

  @ParameterizedTest
  @CsvSource({"32", "32x", "32x32:squeeze", "x32"})
  void refusesAResizeItCannotRead(String value) {
    // When
    int exit = execute("import", "--digits", "--resize", value);

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("--resize must look like 32x32 or 32x32:pad, not " + value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import --digits --address nonsense | --address must look like 127.0.0.1:9000",
        "import --digits --address localhost:99999 | --address must look like 127.0.0.1:9000",
        "import --digits --service dataset=9000 | --service must look like 127.0.0.1:9000",
        "report --address example.org:1 --token-file t experiments/1 | not sent to example.org:1 without TLS",
        "report --client-certificate c experiments/1 | Give --client-certificate and --client-key together",
        "report --token-file /nowhere/token experiments/1 | Could not read the token from /nowhere/token",
        "events --kafka 127.0.0.1:1 --kafka-config /nowhere/kafka | Could not read /nowhere/kafka",
        "events --kafka nowhere.invalid:1 | Could not read from Kafka at nowhere.invalid:1",
        "events --kafka nonsense | --kafka must look like 127.0.0.1:9000",
        "train --snapshot s --momentum 0.9 | add --optimizer sgd",
        "measure --digits --source 1 --target 7 --out /dev/null/x | Could not create the folder /dev/null/x"
      })
  void explainsWhatCanNotWorkBeforeAnyWork(String arguments, String explanation) {
    // When
    int exit = execute(arguments.split(" "));

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains(explanation);
  }

  @ParameterizedTest
  @CsvSource({"cancel", "report"})
  void saysWhatToDoWhenNoServerAnswers(String command) {
    // When
    int exit = execute(command, "--address", "127.0.0.1:1", "experiments/1");

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Connection refused").contains("`hemlock up`");
  }

  @Test
  void refusesToFollowAnUnknownKindOfRun() {
    // When
    int exit = execute("watch", "models/1");

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("models/1").contains("trainingRuns/");
  }

  @Test
  void printsTheStatusOfAServerThatDoesNotKnowTheCall() throws Exception {
    // Given
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build()
            .start();
    try {
      // When
      int exit = execute("cancel", "--address", "127.0.0.1:" + server.getPort(), "experiments/1");

      // Then
      assertThat(exit).isEqualTo(1);
      assertThat(err.toString()).startsWith("UNIMPLEMENTED: ");
    } finally {
      server.shutdownNow();
    }
  }

  private int execute(String... arguments) {
    return Hemlock.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
  }
}
