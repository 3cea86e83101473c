package org.transnormer.model.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The fields of one protocol buffer message, one after another; every length is checked against
 * what is left. Wire format: https://protobuf.dev/programming-guides/encoding.
 */
final class ProtoFields {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer in;
  private int number;
  private int wireType;

  ProtoFields(ByteBuffer message) {
    this.in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes on to the next field; false at the end. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = varint();
    number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (number < 1 || tag >>> 3 != number) {
      throw malformed("has a field number " + (tag >>> 3));
    }
    return true;
  }

  int number() {
    return number;
  }

  int integer() {
    require(VARINT);
    return (int) varint();
  }

  boolean flag() {
    require(VARINT);
    return varint() != 0;
  }

  float floating() {
    require(FIXED32);
    return fixed(Integer.BYTES).getFloat();
  }

  ByteBuffer bytes() {
    require(BYTES);
    return fixed(varint());
  }

  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidTokenizerException("tokenizer.model has a text that is no UTF-8", e);
    }
  }

  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> fixed(Long.BYTES);
      case BYTES -> fixed(varint());
      case FIXED32 -> fixed(Integer.BYTES);
      default -> throw malformed("has a field of wire type " + wireType);
    }
  }

  private void require(int type) {
    if (wireType != type) {
      throw malformed("has field %d as wire type %d".formatted(number, wireType));
    }
  }

  private ByteBuffer fixed(long length) {
    if (length < 0 || length > in.remaining()) {
      throw malformed(
          "has a field of %d bytes where %d are left".formatted(length, in.remaining()));
    }
    ByteBuffer bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) length);
    return bytes;
  }

  private long varint() {
    long value = 0;
    try {
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        byte b = in.get();
        value |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
    } catch (BufferUnderflowException e) {
      throw new InvalidTokenizerException("tokenizer.model ends in the middle", e);
    }
    throw malformed("has a number of more than 64 bits");
  }

  private static InvalidTokenizerException malformed(String reason) {
    return new InvalidTokenizerException("tokenizer.model " + reason);
  }
}
