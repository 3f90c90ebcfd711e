package dev.hemlock.common.grpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks messages against the rules in their protos. */
public final class RequestRules {
  private static final Validator VALIDATOR = ValidatorFactory.newBuilder().build();

  private static final Pattern DIGEST_PATTERN =
      Pattern.compile("`\\^([\\w/:]+)\\[0-9a-f]\\{64}\\$`$");

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
    List<Violation> violations = result.toProto().getViolationsList();
    String summary =
        violations.stream()
            .map(violation -> describe(message, violation))
            .collect(Collectors.joining("; "));
    HemlockException refusal = HemlockException.invalidArgument("Invalid request: " + summary);
    for (Violation violation : violations) {
      refusal = refusal.violating(path(violation.getField()), demand(message, violation));
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

  private static String describe(Message message, Violation violation) {
    String path = path(violation.getField());
    String demand = demand(message, violation);
    return path.isEmpty() ? demand : path + ": " + demand;
  }

  /** What the field must be; for a closed choice, the choices, for a name, its form. */
  private static String demand(Message message, Violation violation) {
    if (violation.getRuleId().startsWith("enum.")) {
      return choices(message.getDescriptorForType(), violation.getField())
          .map(choices -> "must be one of " + choices)
          .orElse(violation.getMessage());
    }
    Matcher digested = DIGEST_PATTERN.matcher(violation.getMessage());
    return digested.find()
        ? "must be %s followed by 64 lower-case hex digits".formatted(digested.group(1))
        : violation.getMessage();
  }

  private static Optional<String> choices(Descriptor type, FieldPath path) {
    Descriptor parent = type;
    for (FieldPathElement element : path.getElementsList()) {
      FieldDescriptor field = parent.findFieldByNumber(element.getFieldNumber());
      if (field == null) {
        return Optional.empty();
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
        return Optional.of(
            field.getEnumType().getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(EnumValueDescriptor::getName)
                .collect(Collectors.joining(", ")));
      }
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        return Optional.empty();
      }
      parent = field.getMessageType();
    }
    return Optional.empty();
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
