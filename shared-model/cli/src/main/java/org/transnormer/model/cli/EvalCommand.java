package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.Tokens;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model eval}. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how well a model predicts texts, or a split of a token set.",
      "",
      "Every document is scored alone, after the end of another one, with its own end; the model's"
          + " state carries it from the first token to the last, however long it is. Bits per byte"
          + " can be compared between models with different tokenizers; perplexity cannot."
    })
final class EvalCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(index = "0", paramLabel = "DIR", description = "a model folder, or a run's folder")
  private Path folder = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "DATA",
      description = "texts, JSONL, folders of them, or one token set")
  private List<Path> data = List.of();

  @Option(
      names = "--split",
      defaultValue = "heldout",
      description = "of a token set: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private Split split = Split.HELDOUT;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "stops after about so many tokens")
  private long maxTokens = Long.MAX_VALUE;

  @Option(
      names = "--text-field",
      defaultValue = "text",
      description = "of JSONL (${DEFAULT-VALUE})")
  private String field = "text";

  @Option(names = "--json", description = "one JSON object instead of lines")
  private boolean json;

  @Mixin private Computing computing = new Computing();

  private double nats;
  private long tokens;
  private long bytes;
  private long documents;

  @Override
  public Integer call() throws IOException {
    Path model = RunFolder.model(folder);
    long started = System.nanoTime();
    try (CausalLm lm = CausalLm.load(model, computing.loading(WeightStorage.STORED))) {
      if (data.size() == 1 && Files.exists(data.getFirst().resolve(TokenSetHeader.FILE))) {
        tokenSet(lm);
      } else {
        texts(lm, Tokenizer.load(RunFolder.tokenizer(model), lm.config().eosToken()));
      }
    }
    if (tokens == 0) {
      throw new IllegalArgumentException("there is nothing to measure in " + data);
    }
    report((System.nanoTime() - started) * 1e-9);
    return 0;
  }

  private void texts(CausalLm lm, Tokenizer tokenizer) throws IOException {
    TextDocuments texts = TextDocuments.of(data, field);
    try (Progress progress = progress(texts.bytes())) {
      texts.each(document -> {
        if (tokens < maxTokens) {
          byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
          score(lm, tokenizer.encode(document.text()), utf8.length);
          progress.at(document.read(), said());
        }
      });
    }
  }

  private void tokenSet(CausalLm lm) throws IOException {
    try (TokenSet set = TokenSet.open(data.getFirst())) {
      if (set.header().vocabSize() > lm.config().vocabSize()) {
        throw new IllegalArgumentException(
            "the token set has %d tokens, the model %d"
                .formatted(set.header().vocabSize(), lm.config().vocabSize()));
      }
      Tokens all = set.tokens(split);
      double bytesPerToken = (double) set.header().textBytes(split) / Math.max(1, all.size());
      try (Progress progress = progress(all.size())) {
        for (long d = 0; d < all.documents() && tokens < maxTokens; d++) {
          long from = all.documentStart(d);
          // The last token of a document is its end, which score adds.
          int length = Math.toIntExact(all.documentEnd(d) - from - 1);
          score(lm, all.read(from, length), Math.round(bytesPerToken * (length + 1)));
          progress.at(tokens, said());
        }
      }
    }
  }

  private Progress progress(long whole) {
    return new Progress(command.commandLine().getErr(), "eval", whole, json);
  }

  private String said() {
    return String.format(Locale.ROOT, "%,d tokens, %.4f nats/token", tokens, nats / tokens);
  }

  private void score(CausalLm lm, int[] text, long textBytes) {
    int[] framed = new int[text.length + 2];
    framed[0] = lm.config().eosToken();
    System.arraycopy(text, 0, framed, 1, text.length);
    framed[framed.length - 1] = lm.config().eosToken();
    for (double each : lm.negativeLogLikelihood(framed)) {
      nats += each;
    }
    tokens += framed.length - 1;
    bytes += textBytes;
    documents++;
  }

  private void report(double seconds) {
    PrintWriter out = command.commandLine().getOut();
    double bitsPerByte = nats / Math.log(2) / Math.max(1, bytes);
    if (json) {
      ObjectNode node = JsonMapper.shared().createObjectNode();
      node.put("documents", documents).put("tokens", tokens).put("bytes", bytes);
      node.put("nats", nats).put("loss", nats / tokens);
      node.put("perplexity", Math.exp(nats / tokens)).put("bitsPerByte", bitsPerByte);
      node.put("seconds", seconds);
      out.println(node.toPrettyString());
    } else {
      Console.row(out, "documents", "%,d, %s", documents, Console.bytes(bytes));
      Console.row(out, "tokens", "%,d in %.1f s", tokens, seconds);
      Console.row(out, "loss", "%.4f nats/token", nats / tokens);
      Console.row(out, "perplexity", "%.3f", Math.exp(nats / tokens));
      Console.row(out, "bits per byte", "%.4f", bitsPerByte);
    }
    out.flush();
  }
}
