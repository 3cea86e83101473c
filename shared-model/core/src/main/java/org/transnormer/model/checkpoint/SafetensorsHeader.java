package org.transnormer.model.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a safetensors file, checked as if its author were an enemy: after it is read, every
 * tensor lies inside the file, no two share a byte, no byte belongs to none, and every length is
 * what type and shape say. It is read from front to back and refused at the first thing that does
 * not belong there, so that it costs no more memory than the tensors that it names. Format:
 * https://github.com/huggingface/safetensors (8 bytes length, JSON, data).
 */
record SafetensorsHeader(SequencedMap<String, TensorInfo> tensors, Map<String, String> metadata) {

  /**
   * Bytes of a header. A tensor takes about 150 and a model of 175 billion parameters has some
   * hundred of them; the reference implementation allows 100 million.
   */
  static final long LONGEST = 1L << 24;

  static final int LENGTH_BYTES = 8;

  private static final int MOST_NAMES = 1 << 17;
  private static final int MOST_AXES = 32;
  private static final String METADATA = "__metadata__";

  static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static SafetensorsHeader parse(Path file, byte[] header, long fileSize)
      throws MalformedCheckpointException {
    if (header.length == 0 || header[0] != '{') {
      throw new MalformedCheckpointException(file, "its header does not start with '{'");
    }
    InputStreamReader text =
        new InputStreamReader(
            new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder());
    try (JsonParser json = JSON.createParser(text)) {
      return new Reader(file, LENGTH_BYTES + (long) header.length, fileSize, json).read();
    } catch (JacksonIOException e) {
      throw new MalformedCheckpointException(file, "its header is not UTF-8", e);
    } catch (JacksonException e) {
      throw new MalformedCheckpointException(
          file, "its header is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private record Reader(Path file, long dataStart, long fileSize, JsonParser json) {

    SafetensorsHeader read() throws MalformedCheckpointException {
      List<TensorInfo> found = new ArrayList<>();
      Map<String, String> metadata = Map.of();
      json.nextToken();
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        if (name.equals(METADATA)) {
          metadata = metadata();
        } else {
          found.add(tensor(name));
        }
        require(found.size() <= MOST_NAMES, "more than " + MOST_NAMES + " tensors");
      }
      require(json.nextToken() == null, "its header goes on after its end");
      requireOneAfterAnother(found);
      SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
      found.forEach(tensor -> tensors.put(tensor.name(), tensor));
      return new SafetensorsHeader(Collections.unmodifiableSequencedMap(tensors), metadata);
    }

    private Map<String, String> metadata() throws MalformedCheckpointException {
      Map<String, String> metadata = new LinkedHashMap<>();
      require(json.nextToken() == JsonToken.START_OBJECT, METADATA + " is no object");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        require(
            json.nextToken() == JsonToken.VALUE_STRING,
            METADATA + " holds something other than strings");
        require(metadata.size() < MOST_NAMES, METADATA + " holds more than " + MOST_NAMES);
        metadata.put(name, json.getString());
      }
      return Collections.unmodifiableMap(metadata);
    }

    private TensorInfo tensor(String name) throws MalformedCheckpointException {
      DType type = null;
      List<Long> shape = null;
      List<Long> offsets = null;
      String wrong = quoted(name) + " has not exactly dtype, shape and data_offsets";
      require(json.nextToken() == JsonToken.START_OBJECT, wrong);
      for (String field = json.nextName(); field != null; field = json.nextName()) {
        switch (field) {
          case "dtype" -> type = type(name);
          case "shape" -> shape = counts(name, field);
          case "data_offsets" -> offsets = counts(name, field);
          default -> throw new MalformedCheckpointException(file, wrong);
        }
      }
      if (type == null || shape == null || offsets == null) {
        throw new MalformedCheckpointException(file, wrong);
      }
      require(offsets.size() == 2, quoted(name) + " has not two data_offsets");
      long begin = offsets.getFirst();
      long end = offsets.getLast();
      require(
          begin <= end && end <= fileSize - dataStart,
          "%s lies at [%d, %d), outside the %d bytes of data"
              .formatted(quoted(name), begin, end, fileSize - dataStart));
      require(
          bytes(name, type, shape) == end - begin,
          "%s is %s%s but has %d bytes".formatted(quoted(name), type, shape, end - begin));
      return new TensorInfo(name, type, shape, dataStart + begin, end - begin);
    }

    private DType type(String name) throws MalformedCheckpointException {
      @Nullable String type = json.nextToken() == JsonToken.VALUE_STRING ? json.getString() : null;
      return DType.named(type == null ? "" : type)
          .orElseThrow(() ->
              new MalformedCheckpointException(
                  file, "%s has the unknown dtype %s".formatted(quoted(name), type)));
    }

    private long bytes(String name, DType type, List<Long> shape)
        throws MalformedCheckpointException {
      long bytes = type.bytes();
      try {
        for (long axis : shape) {
          bytes = Math.multiplyExact(bytes, axis);
        }
        return bytes;
      } catch (ArithmeticException e) {
        throw new MalformedCheckpointException(
            file, quoted(name) + " has an impossible shape " + shape, e);
      }
    }

    private List<Long> counts(String name, String field) throws MalformedCheckpointException {
      require(json.nextToken() == JsonToken.START_ARRAY, quoted(name) + " has no list " + field);
      List<Long> counts = new ArrayList<>();
      for (JsonToken token = json.nextToken();
          token != JsonToken.END_ARRAY;
          token = json.nextToken()) {
        require(
            token == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && json.getLongValue() >= 0,
            "%s has %s in its %s".formatted(quoted(name), json.getString(), field));
        require(
            counts.size() < MOST_AXES,
            "%s has more than %d numbers in its %s".formatted(quoted(name), MOST_AXES, field));
        counts.add(json.getLongValue());
      }
      return counts;
    }

    private void requireOneAfterAnother(List<TensorInfo> tensors)
        throws MalformedCheckpointException {
      tensors.sort(
          Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
      long at = dataStart;
      for (TensorInfo tensor : tensors) {
        require(tensor.offset() >= at, quoted(tensor.name()) + " overlaps the tensor before it");
        require(tensor.offset() == at, "there is a hole before " + quoted(tensor.name()));
        at = tensor.offset() + tensor.bytes();
      }
      require(at == fileSize, (fileSize - at) + " bytes at its end belong to no tensor");
    }

    private void require(boolean holds, String otherwise) throws MalformedCheckpointException {
      if (!holds) {
        throw new MalformedCheckpointException(file, otherwise);
      }
    }

    private static String quoted(String name) {
      return "tensor '" + (name.length() <= 120 ? name : name.substring(0, 120) + "...") + "'";
    }
  }
}
