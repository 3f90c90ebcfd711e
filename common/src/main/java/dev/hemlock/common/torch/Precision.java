package dev.hemlock.common.torch;

import ai.djl.ndarray.types.DataType;

/** The arithmetic of convolutions and linear layers. */
public enum Precision {
  /** 32-bit floating point throughout. */
  FP32(6, DataType.FLOAT32),
  /** bfloat16 convolutions and linear layers; weights, statistics and loss in 32 bits. */
  BF16(15, DataType.FLOAT32),
  /** 64-bit floating point throughout; for checking the arithmetic. */
  FP64(7, DataType.FLOAT64);

  private final int scalarType;
  private final DataType stateType;

  Precision(int scalarType, DataType stateType) {
    this.scalarType = scalarType;
    this.stateType = stateType;
  }

  /** The number of {@code c10::ScalarType}. */
  int scalarType() {
    return scalarType;
  }

  DataType stateType() {
    return stateType;
  }
}
