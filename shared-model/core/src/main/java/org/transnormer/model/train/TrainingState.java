package org.transnormer.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.data.TokenSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code training-state.json}: what a run remembers beside weights and moments. Names no time, host
 * or thread, so that equal runs write equal bytes.
 *
 * @param step updates done
 * @param cursor the first sample that was not used yet
 * @param data {@link TokenSet#digest} of each token set; empty in states of before it was kept
 * @param spec what the run was told
 */
record TrainingState(
    long step,
    DataCursor cursor,
    DivergenceWatch.Memory losses,
    List<String> data,
    TrainingSpec spec) {

  static final String FORMAT = "tnl/training-state/1";

  void write(Path file) throws IOException {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("format", FORMAT);
    json.put("step", step);
    json.putObject("dataCursor").put("globalSample", cursor.globalSample());
    ArrayNode latest = json.putArray("latestLosses");
    losses.latest().forEach(latest::add);
    if (losses.best() < Double.POSITIVE_INFINITY) {
      json.put("bestMeanLoss", losses.best());
    }
    data.forEach(json.putArray("tokenSets")::add);
    json.set("spec", spec.toJson());
    Files.writeString(file, json.toPrettyString() + "\n");
  }

  static TrainingState read(Path file) throws IOException {
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
      if (!json.path("format").asString("").equals(FORMAT)) {
        throw new MalformedCheckpointException(
            file, "its format is %s, not %s".formatted(json.path("format"), FORMAT));
      }
      List<Double> latest = new ArrayList<>();
      json.path("latestLosses").forEach(loss -> latest.add(loss.doubleValue()));
      List<String> data = new ArrayList<>();
      json.path("tokenSets").forEach(digest -> data.add(digest.stringValue()));
      double best = json.path("bestMeanLoss").asDouble(Double.POSITIVE_INFINITY);
      return new TrainingState(
          json.path("step").longValue(),
          new DataCursor(json.path("dataCursor").path("globalSample").longValue()),
          new DivergenceWatch.Memory(latest, best),
          data,
          TrainingSpec.parse(json.path("spec")));
    } catch (JacksonException | InvalidConfigException e) {
      throw new MalformedCheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }
}
