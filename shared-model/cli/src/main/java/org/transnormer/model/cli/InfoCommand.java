package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.TensorFile;
import org.transnormer.model.checkpoint.TensorInfo;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.NamedSizes;
import org.transnormer.model.lm.ModelFamilies;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model info}. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = {
      "Says what a model is, and what running and training it would need.",
      "",
      "PATH is a model folder, a config.json, or a file of tensors (.safetensors, .bin)."
    })
final class InfoCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "PATH", description = "what to look at")
  private @Nullable Path path;

  @Option(
      names = "--size",
      paramLabel = "NAME",
      description = "a published size instead of a file: 1b, 7b, tnl3-15b, ...")
  private @Nullable String size;

  @Option(names = "--sizes", description = "lists the published sizes")
  private boolean sizes;

  @Option(names = "--tensors", description = "lists every tensor too")
  private boolean tensors;

  @Option(
      names = "--batch",
      paramLabel = "BxT",
      defaultValue = "8x2048",
      description = "sequences and their length that training is reckoned for (${DEFAULT-VALUE})")
  private String batch = "";

  @Option(
      names = "--card",
      paramLabel = "BYTES",
      defaultValue = "80GB",
      description = "memory of a card that the number of cards is told for (${DEFAULT-VALUE})")
  private String card = "";

  @Option(names = "--json", description = "one JSON object instead of lines")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int asked = (path == null ? 0 : 1) + (size == null ? 0 : 1) + (sizes ? 1 : 0);
    if (asked != 1) {
      throw new ParameterException(spec.commandLine(), "name one of: a PATH, --size NAME, --sizes");
    }
    if (sizes) {
      list(out);
    } else if (size != null) {
      NamedSizes.Entry entry = Sizes.named(size);
      describe(out, entry.name(), entry.remark(), entry.config(), null);
    } else if (path != null) {
      look(out, path);
    }
    out.flush();
    return 0;
  }

  private void look(PrintWriter out, Path at) throws IOException {
    if (Files.isDirectory(at)) {
      CheckpointFolder folder = new CheckpointFolder(RunFolder.model(at));
      describe(out, folder.path().toString(), "", ModelFamilies.read(folder.config()), folder);
    } else if (at.getFileName().toString().endsWith(".json")) {
      describe(out, at.toString(), "", ModelFamilies.read(at), null);
    } else {
      try (TensorFile file = TensorFile.open(at)) {
        tensorFile(out, at, file);
      }
    }
  }

  private void describe(
      PrintWriter out,
      String name,
      String remark,
      ModelConfig config,
      @Nullable CheckpointFolder folder)
      throws IOException {
    ModelFacts facts = ModelFacts.of(config, Sizes.shape(batch), Sizes.bytes(card), folder);
    if (json) {
      ObjectNode node = facts.toJson(tensors);
      node.put("name", name);
      out.println(node.toPrettyString());
      return;
    }
    out.println(remark.isEmpty() ? name : name + " (" + remark + ")");
    facts.print(out);
    if (tensors) {
      facts.printTensors(out);
    }
  }

  private void list(PrintWriter out) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    for (NamedSizes.Entry entry : NamedSizes.all().values()) {
      long count = entry.config().parameterCount();
      all.putObject(entry.name()).put("parameters", count).put("remark", entry.remark());
      if (!json) {
        out.printf(Locale.ROOT, "%-18s %,16d  %s%n", entry.name(), count, entry.remark());
      }
    }
    if (json) {
      out.println(all.toPrettyString());
    }
  }

  private void tensorFile(PrintWriter out, Path at, TensorFile file) {
    Map<String, Long> types = new TreeMap<>();
    List<TensorInfo> all = new ArrayList<>(file.tensors().values());
    all.forEach(tensor -> types.merge(tensor.type().name(), tensor.elements(), Long::sum));
    if (json) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      root.put("name", at.toString());
      ObjectNode list = root.putObject("tensors");
      for (TensorInfo tensor : all) {
        ObjectNode node = list.putObject(tensor.name());
        node.put("type", tensor.type().name());
        tensor.shape().forEach(node.putArray("shape")::add);
      }
      out.println(root.toPrettyString());
      return;
    }
    out.println(at);
    Console.row(out, "tensors", "%,d", all.size());
    types.forEach((type, count) -> Console.row(out, type, "%,d numbers", count));
    all.forEach(t -> out.printf("    %-56s %-5s %s%n", t.name(), t.type(), t.shape()));
  }
}
