package org.transnormer.model.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.PhaseRounding;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Weights as one file or as numbered ones with an index, the names that other libraries look for.
 * Only the tensors of one file are in memory at a time.
 *
 * @param type F32 or BF16
 */
record ShardedWeights(ModelWeights model, DType type) {

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /**
   * @param largest bytes of a file; a tensor is never cut
   */
  void write(CheckpointFolder folder, long largest, Progress progress) throws IOException {
    List<List<TensorSpec>> shards = shards(largest);
    ObjectNode index = JsonMapper.shared().createObjectNode();
    ObjectNode places = JsonMapper.shared().createObjectNode();
    long done = 0;
    for (int i = 0; i < shards.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      Path file = shards.size() == 1 ? folder.model() : folder.path().resolve(name);
      write(file, shards.get(i));
      for (TensorSpec tensor : shards.get(i)) {
        places.put(tensor.name(), name);
        done += tensor.elements();
      }
      progress.at(done, file.getFileName().toString());
    }
    if (shards.size() > 1) {
      index.putObject("metadata").put("total_size", done * type.bytes());
      index.set("weight_map", places);
      Files.writeString(folder.modelIndex(), index.toPrettyString() + "\n");
    }
  }

  private List<List<TensorSpec>> shards(long largest) {
    List<List<TensorSpec>> shards = new ArrayList<>(List.of(new ArrayList<>()));
    long bytes = 0;
    for (TensorSpec tensor : model.tensors()) {
      long more = tensor.elements() * type.bytes();
      if (bytes > 0 && bytes + more > largest) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.getLast().add(tensor);
      bytes += more;
    }
    return shards;
  }

  private void write(Path file, List<TensorSpec> tensors) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      for (TensorSpec tensor : tensors) {
        MemorySegment floats = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
        model.copyFloats(tensor.name(), floats, 0);
        MemorySegment data = type == DType.BF16 ? rounded(floats, arena) : floats;
        sources.add(new SafetensorsWriter.Source(tensor.name(), type, tensor.shape(), data));
      }
      SafetensorsWriter.write(file, sources, METADATA);
    }
  }

  /** To the nearest, ties to even. */
  private static MemorySegment rounded(MemorySegment floats, Arena arena) {
    long count = floats.byteSize() / Float.BYTES;
    MemorySegment halves = arena.allocate(count * Short.BYTES, Short.BYTES);
    for (long i = 0; i < count; i++) {
      float exact = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      int bits = Float.floatToRawIntBits(PhaseRounding.bfloat16(exact));
      halves.set(U16, i * Short.BYTES, (short) (bits >>> 16));
    }
    return halves;
  }
}
