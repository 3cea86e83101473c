package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tnl model train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a model on local texts or on a token set, and leaves checkpoints.",
      "",
      "DATA are texts (.txt, .md), JSONL files with a field \"text\", either as they are or as .zst"
          + " or .gz, folders of those, or folders of token sets (see tokenize --out). Ctrl-C writes a checkpoint"
          + " before it leaves, and --resume goes on from the newest one, to the same numbers as"
          + " without a break; then DATA is left out, unless token sets were moved."
    })
final class TrainCommand implements Callable<Integer> {

  /** Options that say what a run begins with; one that goes on has all that already. */
  private static final List<String> FOR_A_START =
      List.of(
          "--spec",
          "--size",
          "--width",
          "--layers",
          "--heads",
          "--glu",
          "--gate",
          "--tokenizer",
          "--vocab",
          "--text-field",
          "--heldout",
          "--mixture");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(arity = "0..*", paramLabel = "DATA", description = "what to train on")
  private List<Path> data = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "folder of the run: token set, checkpoints")
  private @Nullable Path out;

  @Option(names = "--resume", description = "goes on from the newest checkpoint in --out")
  private boolean resume;

  @Option(names = "--plan", description = "prints the memory that it would take, and leaves")
  private boolean plan;

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "a tokenizer for the texts")
  private @Nullable Path tokenizerFile;

  @Option(
      names = "--vocab",
      paramLabel = "N",
      defaultValue = "4096",
      description = "size of the tokenizer that is trained where none is given (${DEFAULT-VALUE})")
  private int vocab;

  @Option(
      names = "--text-field",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "field of a JSONL line that holds the text (${DEFAULT-VALUE})")
  private String field = "text";

  @Option(
      names = "--heldout",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "share of the texts that is not trained on but measured (${DEFAULT-VALUE})")
  private double heldout;

  @Option(
      names = "--mixture",
      paramLabel = "WEIGHT",
      split = ",",
      description =
          "of several token sets, in their order: the share of samples from each, as in 0.7,0.3."
              + " Without it every token is as likely as any other")
  private List<Double> mixture = List.of();

  @Option(
      names = "--checkpoint-minutes",
      paramLabel = "M",
      defaultValue = "10",
      description =
          "longest time without a checkpoint, beside those of checkpoints.everySteps; the next one"
              + " replaces it. 0 leaves it to the steps (${DEFAULT-VALUE})")
  private double checkpointMinutes;

  @Option(names = "--json", description = "a JSON object a line for every step and event")
  private boolean json;

  @Mixin private SpecOptions specification = new SpecOptions();
  @Mixin private Computing computing = new Computing(true);

  @Override
  public Integer call() throws IOException {
    if (!(checkpointMinutes >= 0)) {
      throw new ParameterException(
          command.commandLine(), "--checkpoint-minutes must not be negative");
    }
    try (Backend backend = computing.open()) {
      if (plan) {
        return print(backend);
      }
      if (out == null) {
        throw new ParameterException(command.commandLine(), "--out DIR is missing");
      }
      return resume ? resume(new RunFolder(out), backend) : start(new RunFolder(out), backend);
    }
  }

  private int print(Backend backend) throws IOException {
    int size =
        areTokenSets()
            ? TokenSetHeader.read(data.getFirst()).vocabSize()
            : tokenizerFile == null ? vocab : Tokenizer.load(tokenizerFile).vocabSize();
    TrainingSpec spec = specification.spec(size, 0);
    PrintWriter to = command.commandLine().getOut();
    MemoryPlan memory = TrainingSession.plan(spec, backend);
    to.print(json ? TrainingEvents.plan(spec, memory) + "\n" : memory.toString());
    to.flush();
    return 0;
  }

  private int start(RunFolder run, Backend backend) throws IOException {
    if (run.newest().isPresent()) {
      throw new IllegalArgumentException(
          run.path() + " holds checkpoints already: go on with --resume, or choose another --out");
    }
    if (data.isEmpty()) {
      throw new ParameterException(command.commandLine(), "there is no DATA to train on");
    }
    Files.createDirectories(run.path());
    boolean tokenised = areTokenSets();
    if (!tokenised) {
      tokenise(run);
    }
    try (TokenSets tokens = TokenSets.open(tokenised ? data : List.of(run.tokens()))) {
      TrainingSpec spec = spec(tokens);
      run.write(spec, tokens.folders());
      requireMemory(spec, backend);
      try (TrainingSession session =
          TrainingSession.start(spec, tokens.all(), backend, Ranks.alone())) {
        return training(session, run).finish();
      }
    }
  }

  private TrainingSpec spec(TokenSets tokens) throws IOException {
    TrainingSpec spec = specification.spec(tokens.first().vocabSize(), tokens.first().eosToken());
    if (!mixture.isEmpty()) {
      return spec.withMixture(mixture);
    }
    return spec.mixture().isEmpty() ? spec.withMixture(tokens.bySize()) : spec;
  }

  private int resume(RunFolder run, Backend backend) throws IOException {
    Path checkpoint =
        run.newest()
            .orElseThrow(() ->
                new IllegalArgumentException(run.path() + " holds no checkpoint to go on from"));
    requireNothingForAStart();
    TrainingSpec spec = specification.over(run.readSpec());
    requireMemory(spec, backend);
    try (TokenSets tokens = TokenSets.open(data.isEmpty() ? run.readTokens() : data);
        TrainingSession session =
            TrainingSession.resume(checkpoint, spec, tokens.all(), backend, Ranks.alone())) {
      run.write(spec, tokens.folders());
      if (session.finished()) {
        throw new IllegalArgumentException(
            "all %d steps are done; --steps asks for more".formatted(spec.steps()));
      }
      return training(session, run).finish();
    }
  }

  private void requireMemory(TrainingSpec spec, Backend backend) {
    Memory.require(spec, backend);
    events().plan(spec, TrainingSession.plan(spec, backend), backend);
  }

  private void requireNothingForAStart() {
    List<String> given =
        FOR_A_START.stream()
            .filter(command.commandLine().getParseResult()::hasMatchedOption)
            .toList();
    if (!given.isEmpty()) {
      throw new ParameterException(
          command.commandLine(),
          String.join(", ", given)
              + (given.size() == 1 ? " has" : " have")
              + " no place beside --resume: the run goes on as what it began as");
    }
    if (!data.isEmpty() && !areTokenSets()) {
      throw new ParameterException(
          command.commandLine(),
          "beside --resume DATA can only be the run's token set, %s is none: leave it out"
              .formatted(data));
    }
  }

  private LocalTraining training(TrainingSession session, RunFolder run) {
    Duration longest = Duration.ofNanos(Math.round(checkpointMinutes * 60e9));
    return new LocalTraining(session, run, events(), longest);
  }

  private TrainingEvents events() {
    return new TrainingEvents(command.commandLine().getOut(), command.commandLine().getErr(), json);
  }

  /** Whether the data are token sets rather than texts. */
  private boolean areTokenSets() {
    long sets = data.stream().filter(TokenSets::isOne).count();
    if (sets > 0 && sets < data.size()) {
      throw new ParameterException(
          command.commandLine(),
          "DATA are texts or token sets, not both: make a token set of the texts (tokenize --out)");
    }
    return sets > 0;
  }

  private void tokenise(RunFolder run) throws IOException {
    TextDocuments documents = TextDocuments.of(data, field);
    PrintWriter err = command.commandLine().getErr();
    Tokenizer tokenizer =
        tokenizerFile == null ? learn(documents, err) : Tokenizer.load(tokenizerFile);
    try (Progress progress = new Progress(err, "tokens", documents.bytes(), json)) {
      NewFolder folder = NewFolder.insteadOf(run.tokens());
      events()
          .tokens(
              new TokenizedTexts(documents, tokenizer, heldout).write(folder.begin(), progress));
      folder.complete();
    }
  }

  private Tokenizer learn(TextDocuments documents, PrintWriter err) throws IOException {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    try (Progress progress = new Progress(err, "tokenizer", documents.bytes(), json)) {
      long[] characters = {0};
      documents.each(document -> {
        trainer.add(document.text());
        characters[0] += document.text().length();
        progress.at(document.read(), "%,d characters".formatted(characters[0]));
      });
      return Tokenizer.load(trainer.train(vocab));
    }
  }
}
