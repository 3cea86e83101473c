package org.transnormer.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.inference.TinyModel;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.toy.ToyConfig;

class EngineTest {

  @TempDir private static Path checkpoint;

  private final List<Engine> engines = new ArrayList<>();

  @BeforeAll
  static void trainAMoment() throws Exception {
    TinyModel.write(checkpoint, 1);
  }

  @AfterEach
  void closeEngines() {
    engines.forEach(Engine::close);
  }

  @Test
  void givesASequenceTheSameTokensAloneAndAmongSevenOthers() throws Exception {
    Engine engine = engine(8, 100);
    Heard alone = new Heard();
    engine.submit(List.of(request(engine, "the sea", 40, 5)), List.of(alone));
    String expected = alone.await();

    List<Heard> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Heard other = new Heard();
      others.add(other);
      engine.submit(List.of(request(engine, "the whale", 10 + 9 * i, 100 + i)), List.of(other));
    }
    Heard among = new Heard();
    engine.submit(List.of(request(engine, "the sea", 40, 5)), List.of(among));
    for (int i = 0; i < 2; i++) {
      Heard late = new Heard();
      others.add(late);
      engine.submit(List.of(request(engine, TinyModel.TEXT.repeat(9), 7, 200 + i)), List.of(late));
    }

    assertThat(among.await()).isEqualTo(expected);
    for (Heard other : others) {
      other.await();
    }
    assertThat(alone.usage().completionTokens()).isGreaterThan(5);
  }

  @Test
  void sharesEachStepAmongTheSequences() throws Exception {
    Engine engine = engine(8, 100);
    List<Heard> heard = new ArrayList<>();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      heard.add(new Heard());
      requests.add(request(engine, "the", 50, i));
    }

    engine.submit(requests, heard);
    for (Heard each : heard) {
      each.await();
    }

    EngineStatus status = engine.status();
    assertThat(status.generatedTokens()).isGreaterThan(5 * status.steps());
  }

  @Test
  void refusesWhatDoesNotFitIntoTheQueue() throws Exception {
    Engine engine = engine(1, 1);
    List<Generation> taken = new ArrayList<>();
    taken.addAll(engine.submit(List.of(endless(engine)), List.of(new Heard())));
    taken.addAll(engine.submit(List.of(endless(engine)), List.of(new Heard())));

    assertThatThrownBy(() -> engine.submit(List.of(endless(engine)), List.of(new Heard())))
        .isInstanceOfSatisfying(
            OverloadedException.class, refusal -> assertThat(refusal.retryAfter()).isPositive());
    assertThat(engine.status().refused()).isEqualTo(1);
    taken.forEach(Generation::cancel);
  }

  @Test
  void saysAtOnceWhatWouldNeverFit() throws Exception {
    Engine engine = engine(1, 1);
    GenerationRequest each = endless(engine);

    assertThatThrownBy(() ->
            engine.submit(
                List.of(each, each, each), List.of(new Heard(), new Heard(), new Heard())))
        .isInstanceOf(RequestTooLargeException.class)
        .hasMessageContaining("3 choices")
        .hasMessageContaining("at most 2");
  }

  @Test
  void freesTheSlotOfACallerWhoLeft() throws Exception {
    Engine engine = engine(1, 4);
    Heard left = new Heard();
    Generation generation = engine.submit(List.of(endless(engine)), List.of(left)).getFirst();
    left.awaitToken();

    generation.cancel();

    assertThat(left.reason()).isEqualTo(FinishReason.CANCELLED);
    Heard next = new Heard();
    engine.submit(List.of(request(engine, "the", 5, 1)), List.of(next));
    assertThat(next.await()).isNotNull();
  }

  @Test
  void stopsAtAStopTextWithoutIt() throws Exception {
    Engine engine = engine(1, 4);
    Heard whole = new Heard();
    engine.submit(List.of(greedy(engine, List.of(), -1, false)), List.of(whole));
    String text = whole.await();
    String stop = text.substring(6, 9);

    Heard cut = new Heard();
    engine.submit(List.of(greedy(engine, List.of(stop), -1, false)), List.of(cut));

    assertThat(cut.await()).isEqualTo(text.substring(0, text.indexOf(stop)));
    assertThat(cut.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void scoresThePromptWhenItIsEchoed() throws Exception {
    Engine engine = engine(1, 4);
    Heard heard = new Heard();
    GenerationRequest request = greedy(engine, List.of(), 2, true);

    engine.submit(List.of(request), List.of(heard));

    assertThat(heard.await()).startsWith("the sea was");
    List<GeneratedToken> tokens = heard.tokens();
    assertThat(tokens.getFirst().logProbability()).isNull();
    double[] expected =
        engine.model().negativeLogLikelihood(request.prompt()); // engine is idle: its thread waits
    for (int i = 1; i < request.prompt().length; i++) {
      assertThat(tokens.get(i).logProbability()).isCloseTo(-expected[i - 1], within());
      assertThat(tokens.get(i).alternatives()).hasSize(2);
    }
  }

  @Test
  void endsWhatItHasBegunWhenItIsDrained() throws Exception {
    Engine engine = engine(1, 4);
    Heard heard = new Heard();
    engine.submit(List.of(request(engine, "the", 60, 1)), List.of(heard));

    engine.drain(Duration.ofSeconds(30));

    assertThat(heard.reason()).isIn(FinishReason.LENGTH, FinishReason.STOP);
    assertThat(heard.usage().completionTokens()).isPositive();
    assertThatThrownBy(
            () -> engine.submit(List.of(request(engine, "the", 1, 1)), List.of(new Heard())))
        .isInstanceOf(IllegalStateException.class);
  }

  /** The engine knows families only by their interface. */
  @Test
  void decodesAnotherFamily(@TempDir Path folder) throws Exception {
    TinyModel.write(folder, 1, words -> new ToyConfig(words.vocabSize(), 16, 2, words.eos()));
    Engine engine = engine(folder, 8, 100);
    Heard alone = new Heard();
    Heard among = new Heard();
    engine.submit(List.of(request(engine, "the sea", 20, 5)), List.of(alone));
    String expected = alone.await();

    engine.submit(
        List.of(request(engine, "the sea", 20, 5), request(engine, "the whale", 30, 6)),
        List.of(among, new Heard()));

    assertThat(among.await()).isEqualTo(expected).isNotEmpty();
  }

  private Engine engine(int slots, int queue) throws Exception {
    return engine(checkpoint, slots, queue);
  }

  private Engine engine(Path folder, int slots, int queue) throws Exception {
    CausalLm model = CausalLm.load(folder, LoadOptions.threads(1));
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    Engine engine = new Engine("test", model, tokenizer, new EngineLimits(slots, queue, 1_000_000));
    engines.add(engine);
    return engine;
  }

  private static GenerationRequest request(Engine engine, String prompt, int tokens, long seed) {
    return new GenerationRequest(
        engine.tokenizer().encode(prompt),
        new Sampling(0.8, 0.9, 0, seed),
        tokens,
        List.of(),
        GenerationRequest.NO_LOG_PROBABILITIES,
        false);
  }

  private static GenerationRequest endless(Engine engine) {
    return request(engine, "the", 1_000_000, 3);
  }

  private static GenerationRequest greedy(
      Engine engine, List<String> stop, int logProbabilities, boolean echo) {
    return new GenerationRequest(
        engine.tokenizer().encode("the sea was"),
        Sampling.greedy(),
        30,
        stop,
        logProbabilities,
        echo);
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-4);
  }

  /** What a sequence's caller hears. */
  private static final class Heard implements GenerationListener {

    private final BlockingQueue<GeneratedToken> tokens = new LinkedBlockingQueue<>();
    private final CompletableFuture<FinishReason> ended = new CompletableFuture<>();
    private volatile Usage usage = new Usage(0, 0);

    @Override
    public void token(GeneratedToken token) {
      tokens.add(token);
    }

    @Override
    public void end(FinishReason reason, Usage tokensUsed) {
      usage = tokensUsed;
      ended.complete(reason);
    }

    @Override
    public void failed(Throwable cause) {
      ended.completeExceptionally(cause);
    }

    String await() throws Exception {
      ended.get(60, TimeUnit.SECONDS);
      StringBuilder text = new StringBuilder();
      tokens.forEach(token -> text.append(token.text()));
      return text.toString();
    }

    FinishReason reason() throws Exception {
      return ended.get(60, TimeUnit.SECONDS);
    }

    void awaitToken() throws Exception {
      assertThat(tokens.poll(60, TimeUnit.SECONDS)).isNotNull();
    }

    List<GeneratedToken> tokens() {
      return List.copyOf(tokens);
    }

    Usage usage() throws Exception {
      ended.get(60, TimeUnit.SECONDS);
      return usage;
    }
  }
}
