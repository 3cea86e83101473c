package org.transnormer.trainer.runs.web;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.transnormer.support.problems.TooManyRequestsProblem;
import org.transnormer.trainer.progress.EventCursor;
import org.transnormer.trainer.progress.Point;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.progress.RunMetrics.Reported;
import org.transnormer.trainer.runs.ReadRuns;
import org.transnormer.trainer.runs.RunDetails;
import org.transnormer.trainer.runs.RunState.Ended;

/**
 * Follows runs for those who watch. The database is asked for what is new, so that it does not
 * matter which process of the service a watcher is connected to, and an interrupted watcher goes on
 * where it was.
 */
@Component
final class RunStreams implements SmartLifecycle {

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration QUIET = Duration.ofSeconds(15);
  private static final int MOST_POINTS = 1_000;
  private static final int MOST_STREAMS = 200;

  private final ReadRuns runs;
  private final RunMetrics metrics;
  private final Set<Thread> watchers = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  RunStreams(ReadRuns runs, RunMetrics metrics) {
    this.runs = runs;
    this.metrics = metrics;
  }

  /**
   * @param seen empty for somebody who has seen nothing: the run as it is comes first, and then
   *     whatever is measured from now on
   */
  SseEmitter follow(String runId, Optional<EventCursor> seen) {
    if (watchers.size() >= MOST_STREAMS) {
      throw new TooManyRequestsProblem(
          "%d live views are open already".formatted(MOST_STREAMS), Duration.ofSeconds(10));
    }
    SseEmitter emitter = new SseEmitter(0L);
    Thread watcher =
        Thread.ofVirtual().name("run-stream-" + runId).unstarted(() -> watch(runId, seen, emitter));
    emitter.onCompletion(watcher::interrupt);
    emitter.onError(_ -> watcher.interrupt());
    watchers.add(watcher);
    watcher.start();
    return emitter;
  }

  private void watch(String runId, Optional<EventCursor> seen, SseEmitter emitter) {
    try {
      follow(
          runId, seen.orElseGet(() -> new EventCursor(-1, metrics.lastSequence(runId))), emitter);
      emitter.complete();
    } catch (InterruptedException | IOException | IllegalStateException _) {
      emitter.complete(); // the watcher has gone, or this process is going
    } catch (RuntimeException e) {
      emitter.completeWithError(e);
    } finally {
      watchers.remove(Thread.currentThread());
    }
  }

  private void follow(String runId, EventCursor from, SseEmitter emitter)
      throws IOException, InterruptedException {
    EventCursor cursor = from;
    long lastSent = System.nanoTime();
    while (true) {
      EventCursor before = cursor;
      cursor = sendValues(runId, cursor, emitter);
      Optional<RunDetails> changed = changed(runId, cursor);
      if (changed.isPresent()) {
        cursor = new EventCursor(changed.get().run().version(), cursor.sequence());
        send(emitter, cursor, "run", RunView.of(changed.get()));
        if (changed.get().run().state() instanceof Ended) {
          cursor = sendValues(runId, cursor, emitter);
          send(emitter, cursor, "end", Map.of("state", changed.get().run().state().label()));
          return;
        }
      }
      if (!cursor.equals(before)) {
        lastSent = System.nanoTime();
      } else if (System.nanoTime() - lastSent > QUIET.toNanos()) {
        emitter.send(SseEmitter.event().comment("still here"));
        lastSent = System.nanoTime();
      }
      Thread.sleep(PAUSE);
    }
  }

  private Optional<RunDetails> changed(String runId, EventCursor cursor) {
    return runs.version(runId).orElse(-1) > cursor.version() ? runs.read(runId) : Optional.empty();
  }

  private EventCursor sendValues(String runId, EventCursor from, SseEmitter emitter)
      throws IOException {
    EventCursor cursor = from;
    List<Reported> news;
    do {
      news = metrics.since(runId, cursor.sequence(), MOST_POINTS);
      if (!news.isEmpty()) {
        cursor = new EventCursor(cursor.version(), news.getLast().sequence());
        List<ReportedView> points = news.stream().map(RunStreams::view).toList();
        send(emitter, cursor, "metrics", Map.of("points", points));
      }
    } while (news.size() == MOST_POINTS);
    return cursor;
  }

  /** As in a series, with the key beside it. */
  record ReportedView(
      String key, long step, int attempt, @Nullable Double value, @Nullable String nonFinite) {}

  private static ReportedView view(Reported reported) {
    Point point = reported.point();
    boolean finite = Double.isFinite(point.value());
    return new ReportedView(
        reported.key(),
        point.step(),
        point.attempt(),
        finite ? Double.valueOf(point.value()) : null,
        finite ? null : Double.toString(point.value()).toLowerCase(Locale.ROOT));
  }

  private static void send(SseEmitter emitter, EventCursor cursor, String name, Object data)
      throws IOException {
    emitter.send(SseEmitter.event().id(cursor.toString()).name(name).data(data));
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the server waits for open requests: these would never end by themselves. */
  @Override
  public void stop() {
    running = false;
    watchers.forEach(Thread::interrupt);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
