package org.transnormer.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a safetensors file, checked as if its author were an enemy: after it is read, every
 * tensor lies inside the file, no two share a byte, no byte belongs to none, and every length is
 * what type and shape say. Format: https://github.com/huggingface/safetensors (8 bytes length,
 * JSON, data).
 */
record SafetensorsHeader(SequencedMap<String, TensorInfo> tensors, Map<String, String> metadata) {

  /** The reference implementation's bound. */
  static final long LONGEST = 100_000_000;

  static final int LENGTH_BYTES = 8;

  private static final int MOST_AXES = 32;
  private static final String METADATA = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static SafetensorsHeader parse(Path file, byte[] header, long fileSize)
      throws MalformedCheckpointException {
    if (header.length == 0 || header[0] != '{') {
      throw new MalformedCheckpointException(file, "its header does not start with '{'");
    }
    JsonNode root;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
      root = JSON.readTree(text);
    } catch (CharacterCodingException e) {
      throw new MalformedCheckpointException(file, "its header is not UTF-8", e);
    } catch (JacksonException e) {
      throw new MalformedCheckpointException(
          file, "its header is not valid JSON: " + e.getOriginalMessage(), e);
    }
    return new Reader(file, LENGTH_BYTES + (long) header.length, fileSize).read(root);
  }

  private record Reader(Path file, long dataStart, long fileSize) {

    SafetensorsHeader read(JsonNode root) throws MalformedCheckpointException {
      List<TensorInfo> found = new ArrayList<>();
      Map<String, String> metadata = Map.of();
      for (Map.Entry<String, JsonNode> entry : root.properties()) {
        if (entry.getKey().equals(METADATA)) {
          metadata = metadata(entry.getValue());
        } else {
          found.add(tensor(entry.getKey(), entry.getValue()));
        }
      }
      requireOneAfterAnother(found);
      SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
      found.forEach(tensor -> tensors.put(tensor.name(), tensor));
      return new SafetensorsHeader(Collections.unmodifiableSequencedMap(tensors), metadata);
    }

    private Map<String, String> metadata(JsonNode node) throws MalformedCheckpointException {
      Map<String, String> metadata = new LinkedHashMap<>();
      require(node.isObject(), METADATA + " is no object");
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        require(entry.getValue().isString(), METADATA + " holds something other than strings");
        metadata.put(entry.getKey(), entry.getValue().stringValue());
      }
      return Collections.unmodifiableMap(metadata);
    }

    private TensorInfo tensor(String name, JsonNode node) throws MalformedCheckpointException {
      require(
          node.isObject() && node.size() == 3,
          quoted(name) + " has not exactly dtype, shape and data_offsets");
      JsonNode typeName = node.path("dtype");
      DType type =
          DType.named(typeName.isString() ? typeName.stringValue() : "")
              .orElseThrow(() ->
                  new MalformedCheckpointException(
                      file, quoted(name) + " has the unknown dtype " + typeName));
      List<Long> shape = counts(name, "shape", node.path("shape"));
      require(shape.size() <= MOST_AXES, quoted(name) + " has " + shape.size() + " axes");
      List<Long> offsets = counts(name, "data_offsets", node.path("data_offsets"));
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

    private List<Long> counts(String name, String field, JsonNode node)
        throws MalformedCheckpointException {
      require(node.isArray(), quoted(name) + " has no list " + field);
      List<Long> counts = new ArrayList<>();
      for (JsonNode item : node) {
        require(
            item.isIntegralNumber() && item.canConvertToLong() && item.longValue() >= 0,
            "%s has %s in its %s".formatted(quoted(name), abbreviated(item.toString()), field));
        counts.add(item.longValue());
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
      return "tensor '" + abbreviated(name) + "'";
    }

    private static String abbreviated(String text) {
      return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }
  }
}
