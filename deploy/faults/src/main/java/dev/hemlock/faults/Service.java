package dev.hemlock.faults;

/** The processes of Hemlock: the four services, the trainer twice. */
enum Service {
  DATASET("dataset-service"),
  POISON("poison-service"),
  TRAINER("trainer-service"),
  SECOND_TRAINER("trainer-service"),
  EVALUATOR("evaluator-service");

  private final String module;

  Service(String module) {
    this.module = module;
  }

  /** The folder of its module. */
  String module() {
    return module;
  }

  /** What its log is called. */
  String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
