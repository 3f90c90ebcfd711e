package dev.hemlock.common.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.hemlock.common.error.HemlockException;

/**
 * The protobuf JSON form of messages: lowerCamelCase names, enums by name, zeros and empty lists
 * printed, int64 as strings, unset messages left out.
 */
public final class ProtoJson {
  private static final TypeRegistry DETAILS =
      TypeRegistry.newBuilder()
          .add(ErrorInfo.getDescriptor())
          .add(BadRequest.getDescriptor())
          .add(RetryInfo.getDescriptor())
          .build();
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(DETAILS)
          .alwaysPrintFieldsWithNoPresence()
          .omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser().usingTypeRegistry(DETAILS).ignoringUnknownFields();

  private ProtoJson() {}

  /**
   * One line of JSON.
   *
   * @throws HemlockException INVALID_ARGUMENT if it holds a number that JSON has not
   */
  public static String print(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw HemlockException.internal(
              "Could not print " + message.getDescriptorForType().getFullName() + " as JSON")
          .because(e);
    } catch (IllegalArgumentException e) {
      throw HemlockException.invalidArgument(
              "%s has no JSON form: %s"
                  .formatted(message.getDescriptorForType().getFullName(), e.getMessage()))
          .because(e);
    }
  }

  /** One line of JSON as UTF-8. */
  public static byte[] bytes(MessageOrBuilder message) {
    return print(message).getBytes(UTF_8);
  }

  /**
   * Reads a document. Fields that this version doesn't know are passed over.
   *
   * @return the builder
   * @throws HemlockException INVALID_ARGUMENT if it isn't JSON of this message
   */
  public static <B extends Message.Builder> B parse(byte[] json, B builder) {
    return parse(new String(json, UTF_8), builder);
  }

  /** As {@link #parse(byte[], Message.Builder)}. */
  public static <B extends Message.Builder> B parse(String json, B builder) {
    try {
      PARSER.merge(json, builder);
      return builder;
    } catch (InvalidProtocolBufferException e) {
      throw HemlockException.invalidArgument(
              "Not the JSON form of "
                  + builder.getDescriptorForType().getFullName()
                  + ": "
                  + e.getMessage())
          .because(e);
    }
  }
}
