package dev.hemlock.evaluation;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.Sanitise;

/** The detector of a defence that sanitises and that of a detection, which are named alike. */
final class Detectors {
  private Detectors() {}

  /** A detection by the detector of a defence, with nothing else set. */
  static DetectionSpec.Builder detection(Sanitise sanitise) {
    DetectionSpec.Builder spec = DetectionSpec.newBuilder();
    copy(sanitise, spec);
    return spec;
  }

  /** The defence with the detector of a detection. */
  static Sanitise with(Sanitise sanitise, DetectionSpec detection) {
    Sanitise.Builder changed = sanitise.toBuilder();
    copy(detection, changed);
    return changed.build();
  }

  private static void copy(Message from, Message.Builder to) {
    FieldDescriptor chosen =
        from.getOneofFieldDescriptor(from.getDescriptorForType().getRealOneofs().get(0));
    to.setField(to.getDescriptorForType().findFieldByName(chosen.getName()), from.getField(chosen));
  }
}
