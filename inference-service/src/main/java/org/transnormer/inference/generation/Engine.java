package org.transnormer.inference.generation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * Runs one loaded model: all sequences that have read their prompts share each decoding step, and
 * between two steps a bounded piece of one waiting prompt is read, so that long prompts do not hold
 * up the others.
 *
 * <p>Prompts are cut at multiples of {@link #PREFILL_CHUNK} whatever the load, and a row of a
 * decoding step does not depend on the rest of the batch; so a sequence's tokens do not depend on
 * its company.
 *
 * <p>The states of all slots are allocated at start: what is admitted can be decoded to any length.
 */
public final class Engine implements AutoCloseable {

  /** Tokens of a prompt that are read between two decoding steps. */
  static final int PREFILL_CHUNK = 256;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private final CausalLm model;
  private final Tokenizer tokenizer;
  private final EngineLimits limits;
  private final Thread thread;
  private final Logits promptLogits;
  private final Logits stepLogits;

  private final List<Sequence> running = new ArrayList<>();
  private final Queue<SequenceState> freeSlots = new ArrayDeque<>();

  private final Object lock = new Object();
  private final Queue<Sequence> waiting = new ArrayDeque<>();
  private int waitingPromptTokens;
  private boolean draining;
  private boolean closed;
  private int active;
  private long promptTokens;
  private long generatedTokens;
  private long steps;
  private long refused;

  /** Takes the model over: it is closed with the engine. */
  public Engine(String name, CausalLm model, Tokenizer tokenizer, EngineLimits limits) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.limits = limits;
    int vocabulary = model.config().vocabSize();
    this.promptLogits = new Logits(PREFILL_CHUNK, vocabulary);
    this.stepLogits = new Logits(limits.slots(), vocabulary);
    for (int i = 0; i < limits.slots(); i++) {
      freeSlots.add(model.newState());
    }
    this.thread = Thread.ofPlatform().name("engine-" + name).start(this::run);
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public CausalLm model() {
    return model;
  }

  /**
   * Queues the sequences of one request: all of them or none.
   *
   * @throws RequestTooLargeException when they would not fit into an idle engine either
   * @throws OverloadedException when they do not fit into the queue now
   * @throws IllegalStateException when the engine is draining
   */
  public List<Generation> submit(
      List<GenerationRequest> requests, List<? extends GenerationListener> listeners) {
    int most = limits.slots() + limits.queuedSequences();
    if (requests.size() > most) {
      throw new RequestTooLargeException(
          "%d choices are asked for (prompts times n), this model takes at most %d at once"
              .formatted(requests.size(), most));
    }
    int tokens = requests.stream().mapToInt(request -> request.prompt().length).sum();
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      sequences.add(new Sequence(requests.get(i), listeners.get(i), tokenizer));
    }
    synchronized (lock) {
      if (draining) {
        throw new IllegalStateException("the engine is draining");
      }
      int free = limits.slots() - active;
      if (waiting.size() + sequences.size() > limits.queuedSequences() + free
          || (!waiting.isEmpty() && waitingPromptTokens + tokens > limits.queuedPromptTokens())) {
        refused += sequences.size();
        throw new OverloadedException(
            "%d sequences are waiting, %d is the limit"
                .formatted(waiting.size(), limits.queuedSequences()),
            RETRY_AFTER);
      }
      waiting.addAll(sequences);
      waitingPromptTokens += tokens;
      lock.notifyAll();
    }
    return List.copyOf(sequences);
  }

  public EngineStatus status() {
    synchronized (lock) {
      return new EngineStatus(
          limits.slots(),
          active,
          waiting.size(),
          waitingPromptTokens,
          promptTokens,
          generatedTokens,
          steps,
          refused);
    }
  }

  /** Takes nothing new, ends what it has, then closes; returns when that is done or time is up. */
  public void drain(Duration patience) throws InterruptedException {
    synchronized (lock) {
      draining = true;
      lock.notifyAll();
    }
    thread.join(patience);
    close();
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      draining = true;
      lock.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        admit();
        dropCancelled();
        readOnePrompt();
        decode();
        retire();
      }
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("the engine stopped");
      failEverything(e);
    } finally {
      failEverything(new IllegalStateException("the engine was closed"));
      closeStates();
      model.close();
    }
  }

  private boolean awaitWork() {
    synchronized (lock) {
      while (!closed && waiting.isEmpty() && running.isEmpty()) {
        if (draining) {
          return false;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return false;
        }
      }
      return !closed;
    }
  }

  private void admit() {
    while (!freeSlots.isEmpty()) {
      Sequence sequence;
      synchronized (lock) {
        sequence = waiting.poll();
        if (sequence == null) {
          return;
        }
        waitingPromptTokens -= sequence.prompt().length;
        active++;
      }
      sequence.take(freeSlots.remove());
      running.add(sequence);
    }
  }

  private void dropCancelled() {
    for (Sequence sequence : running) {
      if (sequence.cancelled()) {
        sequence.end(FinishReason.CANCELLED);
      }
    }
    retire();
  }

  private void readOnePrompt() {
    for (Sequence sequence : running) {
      if (!sequence.hasReadPrompt()) {
        readChunk(sequence);
        return;
      }
    }
  }

  private void readChunk(Sequence sequence) {
    int from = sequence.read();
    int to = Math.min(from + PREFILL_CHUNK, sequence.prompt().length);
    int lastRow = 0;
    if (sequence.request().scoresPrompt()) {
      model.prefillAll(sequence.state(), sequence.prompt(), from, to, promptLogits);
      lastRow = to - from - 1;
    } else {
      model.prefill(sequence.state(), sequence.prompt(), from, to, promptLogits);
    }
    synchronized (lock) {
      promptTokens += to - from;
    }
    sequence.readPrompt(to, promptLogits);
    if (sequence.hasReadPrompt()) {
      sequence.choose(promptLogits, lastRow);
    }
  }

  private void decode() {
    List<Sequence> batch =
        running.stream().filter(sequence -> sequence.hasReadPrompt() && !sequence.ended()).toList();
    if (batch.isEmpty()) {
      return;
    }
    List<SequenceState> states = batch.stream().map(Sequence::state).toList();
    int[] read = batch.stream().mapToInt(Sequence::pending).toArray();
    if (batch.stream().anyMatch(sequence -> sequence.request().wantsLogProbabilities())) {
      model.decode(states, read, stepLogits);
      count(batch);
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).choose(stepLogits, i);
      }
    } else {
      int[] next = new int[batch.size()];
      model.decode(states, read, batch.stream().map(Sequence::rule).toList(), next);
      count(batch);
      for (int i = 0; i < next.length; i++) {
        batch.get(i).accept(next[i]);
      }
    }
  }

  private void count(List<Sequence> batch) {
    synchronized (lock) {
      steps++;
      generatedTokens += batch.size();
    }
  }

  private void retire() {
    for (Iterator<Sequence> each = running.iterator(); each.hasNext(); ) {
      Sequence sequence = each.next();
      if (sequence.ended()) {
        each.remove();
        freeSlots.add(sequence.state());
        synchronized (lock) {
          active--;
        }
      }
    }
  }

  private void failEverything(Throwable cause) {
    List<Sequence> left = new ArrayList<>(running);
    synchronized (lock) {
      closed = true;
      draining = true;
      left.addAll(waiting);
      waiting.clear();
      waitingPromptTokens = 0;
    }
    for (Sequence sequence : left) {
      if (!sequence.ended()) {
        sequence.fail(cause);
      }
    }
    retire();
  }

  private void closeStates() {
    for (SequenceState state : freeSlots) {
      state.close();
    }
  }
}
