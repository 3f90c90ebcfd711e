package dev.hemlock.common.grpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import java.util.stream.Collectors;

/** Checks messages against the rules in their protos. */
public final class RequestRules {
  private static final Validator VALIDATOR = ValidatorFactory.newBuilder().build();

  private RequestRules() {}

  /**
   * Checks a message.
   *
   * @throws HemlockException INVALID_ARGUMENT naming every field that breaks a rule
   */
  public static void check(Message message) {
    ValidationResult result = validate(message);
    if (result.isSuccess()) {
      return;
    }
    String summary =
        result.toProto().getViolationsList().stream()
            .map(RequestRules::describe)
            .collect(Collectors.joining("; "));
    HemlockException refusal = HemlockException.invalidArgument("Invalid request: " + summary);
    for (Violation violation : result.toProto().getViolationsList()) {
      refusal = refusal.violating(path(violation.getField()), violation.getMessage());
    }
    throw refusal;
  }

  private static ValidationResult validate(Message message) {
    try {
      return VALIDATOR.validate(message);
    } catch (ValidationException e) {
      throw HemlockException.internal(
              "The rules of " + message.getDescriptorForType().getFullName() + " can't be applied")
          .because(e);
    }
  }

  private static String describe(Violation violation) {
    String path = path(violation.getField());
    return path.isEmpty() ? violation.getMessage() : path + ": " + violation.getMessage();
  }

  private static String path(FieldPath field) {
    return field.getElementsList().stream()
        .map(RequestRules::element)
        .collect(Collectors.joining("."));
  }

  private static String element(FieldPathElement element) {
    String subscript =
        switch (element.getSubscriptCase()) {
          case INDEX -> "[" + element.getIndex() + "]";
          case BOOL_KEY -> "[" + element.getBoolKey() + "]";
          case INT_KEY -> "[" + element.getIntKey() + "]";
          case UINT_KEY -> "[" + element.getUintKey() + "]";
          case STRING_KEY -> "[\"" + element.getStringKey() + "\"]";
          case SUBSCRIPT_NOT_SET -> "";
        };
    return element.getFieldName() + subscript;
  }
}
