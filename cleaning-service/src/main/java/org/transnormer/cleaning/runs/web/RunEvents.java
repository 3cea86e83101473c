package org.transnormer.cleaning.runs.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.transnormer.artifacts.digest.Digests;
import tools.jackson.databind.json.JsonMapper;

/**
 * Views as server-sent events. An event is the whole view and its id a digest of it, so that a
 * reader who comes back with the last id it saw misses nothing and gets nothing twice.
 */
@Component
class RunEvents implements ApplicationListener<ContextClosedEvent> {

  private static final Duration INTERVAL = Duration.ofMillis(700);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Set<String> AT_REST = Set.of("succeeded", "failed", "stopped", "abandoned");

  private final JsonMapper json;
  private final Set<SseEmitter> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  RunEvents(JsonMapper json) {
    this.json = json;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    closing = true;
    open.forEach(SseEmitter::complete);
  }

  /**
   * @param last id of the last event that the reader has seen
   */
  SseEmitter stream(Supplier<CleaningRunView> view, @Nullable String last) {
    SseEmitter emitter = new SseEmitter(0L);
    open.add(emitter);
    emitter.onCompletion(() -> open.remove(emitter));
    emitter.onError(_ -> open.remove(emitter));
    Thread.ofVirtual().name("run-events").start(() -> run(emitter, view, last));
    return emitter;
  }

  private void run(SseEmitter emitter, Supplier<CleaningRunView> view, @Nullable String last) {
    String seen = last;
    Duration silent = Duration.ZERO;
    try {
      while (!closing && open.contains(emitter)) {
        CleaningRunView now = view.get();
        String data = json.writeValueAsString(now);
        String id = Digests.sha256(data).substring(0, 16);
        if (!id.equals(seen)) {
          emitter.send(
              SseEmitter.event().id(id).name("run").data(data, MediaType.APPLICATION_JSON));
          seen = id;
          silent = Duration.ZERO;
        } else if (silent.compareTo(HEARTBEAT) > 0) {
          emitter.send(SseEmitter.event().comment("alive"));
          silent = Duration.ZERO;
        }
        if (AT_REST.contains(now.status().state())) {
          break;
        }
        Thread.sleep(INTERVAL); // the table is polled: it is the truth
        silent = silent.plus(INTERVAL);
      }
      emitter.complete();
    } catch (IOException | IllegalStateException _) {
      open.remove(emitter); // the reader is gone
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      emitter.complete();
    }
  }
}
