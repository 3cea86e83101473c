package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.transnormer.model.config.ModelConfig;

/**
 * The weights of a model folder: {@code config.json} with {@code model.safetensors}, or with shards
 * named by an index, or the same as PyTorch files. Opening proves that exactly the tensors of the
 * family's {@link WeightsLayout} are there, in their shapes and in a floating-point type.
 */
public final class ModelWeights implements AutoCloseable {

  private final ModelConfig config;
  private final WeightsLayout layout;
  private final Map<String, TensorFile> files;
  private final List<TensorFile> opened;

  private ModelWeights(
      ModelConfig config,
      WeightsLayout layout,
      Map<String, TensorFile> files,
      List<TensorFile> opened) {
    this.config = config;
    this.layout = layout;
    this.files = files;
    this.opened = opened;
  }

  /**
   * @throws MalformedCheckpointException naming the file and the tensor that do not fit
   */
  public static ModelWeights open(Path folder, ModelConfig config, WeightsLayout layout)
      throws IOException {
    List<TensorFile> opened = new ArrayList<>();
    try {
      Map<String, TensorFile> files = locate(new CheckpointFolder(folder), opened);
      requireExactly(folder, layout, files);
      requireTied(layout, files);
      return new ModelWeights(config, layout, files, opened);
    } catch (IOException | RuntimeException e) {
      opened.forEach(TensorFile::close);
      throw e;
    }
  }

  private static Map<String, TensorFile> locate(CheckpointFolder folder, List<TensorFile> opened)
      throws IOException {
    Map<String, TensorFile> files = new LinkedHashMap<>();
    Optional<Path> index =
        Stream.of(folder.modelIndex(), folder.torchIndex()).filter(Files::exists).findFirst();
    Path whole =
        !Files.exists(folder.model()) && Files.exists(folder.torch())
            ? folder.torch()
            : folder.model();
    if (!Files.exists(whole) && index.isPresent()) {
      Map<String, TensorFile> shards = new HashMap<>();
      for (Map.Entry<String, String> entry : Shards.places(index.get()).entrySet()) {
        TensorFile shard = shards.get(entry.getValue());
        if (shard == null) {
          shard = TensorFile.open(folder.path().resolve(entry.getValue()));
          opened.add(shard);
          shards.put(entry.getValue(), shard);
        }
        shard.info(entry.getKey());
        files.put(entry.getKey(), shard);
      }
      for (TensorFile shard : opened) {
        for (String name : shard.tensors().keySet()) {
          if (files.get(name) != shard) {
            throw new MalformedCheckpointException(
                shard.file(), "holds tensor '" + name + "', which the index does not place there");
          }
        }
      }
      return files;
    }
    TensorFile single = TensorFile.open(whole);
    opened.add(single);
    single.tensors().keySet().forEach(name -> files.put(name, single));
    return files;
  }

  private static void requireExactly(
      Path folder, WeightsLayout layout, Map<String, TensorFile> files)
      throws MalformedCheckpointException {
    Set<String> unknown = new TreeSet<>(files.keySet());
    unknown.removeAll(layout.tied().keySet());
    for (TensorSpec spec : layout.tensors()) {
      TensorFile file = files.get(spec.name());
      if (file == null && layout.absent().containsKey(spec.name())) {
        continue;
      }
      if (file == null) {
        throw new MalformedCheckpointException(
            folder, "has no tensor '" + spec.name() + "', which its configuration asks for");
      }
      TensorInfo info = file.info(spec.name());
      if (!info.shape().equals(spec.shape())) {
        throw new MalformedCheckpointException(
            file.file(),
            "tensor '%s' has shape %s, its configuration asks for %s"
                .formatted(spec.name(), info.shape(), spec.shape()));
      }
      if (!Floats.readable(info.type())) {
        throw new MalformedCheckpointException(
            file.file(),
            "tensor '%s' is %s, weights are F32, BF16 or F16".formatted(spec.name(), info.type()));
      }
      unknown.remove(spec.name());
    }
    if (!unknown.isEmpty()) {
      throw new MalformedCheckpointException(
          folder, "holds tensors that its configuration does not know: " + unknown);
    }
  }

  private static void requireTied(WeightsLayout layout, Map<String, TensorFile> files)
      throws IOException {
    for (Map.Entry<String, String> tie : layout.tied().entrySet()) {
      TensorFile copy = files.get(tie.getKey());
      TensorFile original = files.get(tie.getValue());
      if (copy != null
          && (original == null || !copy.same(tie.getKey(), original, tie.getValue()))) {
        throw new MalformedCheckpointException(
            copy.file(),
            "%s differs from %s, but the two are one tensor in this family"
                .formatted(tie.getKey(), tie.getValue()));
      }
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** In the order of the parameter buffer. */
  public List<TensorSpec> tensors() {
    return layout.tensors();
  }

  /** Whether every matrix is stored as bfloat16. */
  public boolean bfloat16() throws MalformedCheckpointException {
    for (TensorSpec spec : layout.tensors()) {
      TensorFile file = files.get(spec.name());
      if (file == null || layout.absent().containsKey(spec.name())) {
        continue;
      }
      if (file.info(spec.name()).type() != DType.BF16) {
        return false;
      }
    }
    return true;
  }

  /**
   * Copies one tensor as native floats.
   *
   * @param target overwritten from {@code offset} (bytes) on
   */
  public void copyFloats(String name, MemorySegment target, long offset) throws IOException {
    TensorSpec spec = spec(name);
    TensorFile file = files.get(name);
    if (file == null) {
      absent(spec, target, offset);
      return;
    }
    file.copyFloats(name, target, offset);
  }

  /** {@link TensorFile#stream} of one tensor. */
  public void stream(String name, long most, TensorFile.Stretch use) throws IOException {
    TensorSpec spec = spec(name);
    TensorFile file = files.get(name);
    if (file != null) {
      file.stream(name, most, use);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long bytes = spec.elements() * Float.BYTES;
      MemorySegment floats = arena.allocate(bytes, Float.BYTES);
      absent(spec, floats, 0);
      for (long at = 0; at < bytes; at += most * Float.BYTES) {
        long count = Math.min(most * Float.BYTES, bytes - at);
        use.take(at / Float.BYTES, floats.asSlice(at, count));
      }
    }
  }

  private TensorSpec spec(String name) {
    return tensors().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such tensor in this model: " + name));
  }

  private void absent(TensorSpec spec, MemorySegment target, long offset) {
    LongToDoubleFunction element = Objects.requireNonNull(layout.absent().get(spec.name()));
    for (long i = 0; i < spec.elements(); i++) {
      float value = (float) element.applyAsDouble(i);
      target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + i * Float.BYTES, value);
    }
  }

  /**
   * Every tensor, read when its turn comes; to be written as F32, BF16 or F16, but {@link
   * WeightsLayout#exact} ones always as F32.
   */
  public List<SafetensorsWriter.Source> sources(DType type) {
    return tensors().stream()
        .map(spec ->
            SafetensorsWriter.Source.rounded(
                spec.name(),
                layout.exact().contains(spec.name()) ? DType.F32 : type,
                spec.shape(),
                arena -> {
                  MemorySegment floats = arena.allocate(spec.elements() * Float.BYTES, Float.BYTES);
                  copyFloats(spec.name(), floats, 0);
                  return floats;
                }))
        .toList();
  }

  @Override
  public void close() {
    opened.forEach(TensorFile::close);
  }
}
