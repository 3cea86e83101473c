package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
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

  /** What {@link #index} says, whoever wrote it: names of tensors and of the files they lie in. */
  static SequencedMap<String, String> places(Path index) throws IOException {
    if (Files.size(index) > SafetensorsHeader.LONGEST) {
      throw new MalformedCheckpointException(index, "has %d bytes".formatted(Files.size(index)));
    }
    SequencedMap<String, String> places = new TreeMap<>();
    try (JsonParser json = SafetensorsHeader.JSON.createParser(index)) {
      json.nextToken();
      for (String field = json.nextName(); field != null; field = json.nextName()) {
        if (json.nextToken() == JsonToken.START_OBJECT && field.equals("weight_map")) {
          places(index, json, places);
        } else {
          json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new MalformedCheckpointException(
          index, "is not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (places.isEmpty()) {
      throw new MalformedCheckpointException(index, "has no weight_map");
    }
    return places;
  }

  private static void places(Path index, JsonParser json, Map<String, String> places)
      throws MalformedCheckpointException {
    for (String tensor = json.nextName(); tensor != null; tensor = json.nextName()) {
      String shard = json.nextToken() == JsonToken.VALUE_STRING ? json.getString() : "";
      if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
        throw new MalformedCheckpointException(
            index, "places tensor '%s' in \"%s\"".formatted(tensor, shard));
      }
      places.put(tensor, shard);
    }
  }
}
