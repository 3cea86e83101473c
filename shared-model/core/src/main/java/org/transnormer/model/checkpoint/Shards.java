package org.transnormer.model.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tensors in their order, cut into files of at most a size, with the names and the index that
 * Hugging Face's loaders know.
 */
record Shards(SequencedMap<String, List<SafetensorsWriter.Source>> files) {

  static Shards of(List<SafetensorsWriter.Source> tensors, long largestFile) {
    if (largestFile < 1) {
      throw new IllegalArgumentException("a file of %d bytes".formatted(largestFile));
    }
    List<List<SafetensorsWriter.Source>> cut = new ArrayList<>();
    long size = 0;
    for (SafetensorsWriter.Source tensor : tensors) {
      if (cut.isEmpty() || size + tensor.bytes() > largestFile) {
        cut.add(new ArrayList<>());
        size = 0;
      }
      cut.getLast().add(tensor);
      size += tensor.bytes();
    }
    SequencedMap<String, List<SafetensorsWriter.Source>> files = new LinkedHashMap<>();
    for (int i = 0; i < cut.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, cut.size());
      files.put(cut.size() == 1 ? CheckpointFolder.MODEL : name, cut.get(i));
    }
    return new Shards(files);
  }

  ObjectNode index() {
    Map<String, String> places = new TreeMap<>();
    long bytes = 0;
    for (Map.Entry<String, List<SafetensorsWriter.Source>> file : files.entrySet()) {
      for (SafetensorsWriter.Source tensor : file.getValue()) {
        places.put(tensor.name(), file.getKey());
        bytes += tensor.bytes();
      }
    }
    ObjectNode index = JsonMapper.shared().createObjectNode();
    index.putObject("metadata").put("total_size", bytes);
    places.forEach(index.putObject("weight_map")::put);
    return index;
  }
}
