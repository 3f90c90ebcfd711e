package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.NeighbourDisagreement;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DetectorsTest {
  @Test
  void sanitisesByEveryDetectorThereIs() {
    assertThat(detectors(Sanitise.getDescriptor()))
        .isEqualTo(detectors(DetectionSpec.getDescriptor()));
  }

  @Test
  void carriesADetectorThereAndBack() {
    Sanitise given =
        Sanitise.newBuilder()
            .setNeighbourDisagreement(NeighbourDisagreement.newBuilder().setNeighbours(7))
            .setAction(SanitiseAction.SANITISE_ACTION_RELABEL)
            .build();

    DetectionSpec detection = Detectors.detection(given).build();

    assertThat(detection.getNeighbourDisagreement().getNeighbours()).isEqualTo(7);
    assertThat(Detectors.with(given, detection)).isEqualTo(given);
  }

  private static Map<String, Descriptor> detectors(Descriptor message) {
    return message.getRealOneofs().get(0).getFields().stream()
        .collect(Collectors.toMap(FieldDescriptor::getName, FieldDescriptor::getMessageType));
  }
}
