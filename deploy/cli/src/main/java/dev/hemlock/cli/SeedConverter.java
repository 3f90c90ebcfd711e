package dev.hemlock.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a seed, 0 to 4294967295, as the unsigned 32-bit integer that the API takes. */
final class SeedConverter implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    try {
      return Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a seed from 0 to 4294967295");
    }
  }
}
