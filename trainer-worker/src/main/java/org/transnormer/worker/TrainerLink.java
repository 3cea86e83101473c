package org.transnormer.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.Directive;
import org.transnormer.worker.protocol.EndReport;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.LogReport;
import org.transnormer.worker.protocol.MetricPoint;
import org.transnormer.worker.protocol.MetricsReport;
import org.transnormer.worker.protocol.WorkerState;

/**
 * The running conversation with the trainer. Heartbeats, metrics and log lines go out from threads
 * of their own, so that neither a slow trainer nor a slow step holds up the other; a trainer that
 * is away is asked again with growing pauses.
 */
final class TrainerLink implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TrainerLink.class);

  /** Five values a step: hours of fast steps, some ten megabytes. */
  private static final int MOST_METRICS = 200_000;

  private static final Duration FLUSH = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final TrainerClient client;
  private final Assignment assignment;
  private final int rank;
  private final Lease lease;
  private final WorkerLog log;
  private final Consumer<LeaveException> leave;
  private final ReportBuffer<MetricPoint> metrics = new ReportBuffer<>(MOST_METRICS);
  private final ScheduledExecutorService threads;
  private final Pause reportPause = new Pause(FLUSH, LONGEST_PAUSE);

  private volatile long step;
  private volatile WorkerState state = WorkerState.PREPARING;
  private volatile @Nullable String device;
  private volatile Directive directive = Directive.CONTINUE;
  private volatile @Nullable LeaveException left;
  private final Object beating = new Object();
  private boolean away;

  /**
   * @param leave called at once when the trainer wants nothing more of this attempt
   */
  TrainerLink(
      TrainerClient client,
      Assignment assignment,
      int rank,
      WorkerLog log,
      Consumer<LeaveException> leave) {
    this.client = client;
    this.assignment = assignment;
    this.rank = rank;
    this.log = log;
    this.leave = leave;
    this.lease = new Lease(Duration.ofSeconds(assignment.leaseSeconds()), System.nanoTime());
    this.threads = Executors.newScheduledThreadPool(2, daemons());
    threads.scheduleAtFixedRate(this::heartbeat, 0, Heartbeat.PERIOD_SECONDS, TimeUnit.SECONDS);
    scheduleReports(FLUSH);
  }

  private static ThreadFactory daemons() {
    return Thread.ofPlatform().daemon().name("trainer-link-", 0).factory();
  }

  /** What the trainer wants; asked for by every heartbeat. */
  Directive directive() {
    return directive;
  }

  /** Whether this attempt may still commit. */
  boolean leased() {
    return lease.holds(System.nanoTime());
  }

  /**
   * @throws LeaveException if the trainer wants nothing more of this attempt
   */
  void requireCurrent() {
    LeaveException reason = left;
    if (reason != null) {
      throw reason;
    }
  }

  void at(WorkerState newState, long newStep) {
    state = newState;
    step = newStep;
  }

  /** Said at once, since a short run may end before the next heartbeat is due. */
  void computesOn(String newDevice) {
    device = newDevice;
    heartbeat();
  }

  void metric(String key, long atStep, double value) {
    if (rank == 0 && Double.isFinite(value)) {
      metrics.add(new MetricPoint(key, atStep, value));
    }
  }

  /** Never waits for reports, which may take longer than the lease. */
  private void heartbeat() {
    synchronized (beating) {
      try {
        beat();
      } catch (TrainerAwayException e) {
        if (!away) {
          LOG.warn("trainer is away: {}", e.getMessage());
        }
        away = true;
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private void beat() throws TrainerAwayException {
    long sentAt = System.nanoTime();
    Directive wish =
        client.heartbeat(new Heartbeat(assignment.epoch(), rank, step, state, device)).directive();
    lease.renew(sentAt);
    if (wish != directive) {
      LOG.info("trainer says: {}", wish);
    }
    directive = wish;
    if (away) {
      LOG.info("trainer is back");
    }
    away = false;
  }

  private void scheduleReports(Duration in) {
    if (!threads.isShutdown()) {
      threads.schedule(this::reports, in.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void reports() {
    try {
      sendReports();
      reportPause.reset();
      scheduleReports(FLUSH);
    } catch (TrainerAwayException _) {
      scheduleReports(reportPause.take());
    } catch (RuntimeException e) {
      failed(e);
      scheduleReports(LONGEST_PAUSE);
    }
  }

  private synchronized void sendReports() throws TrainerAwayException {
    sendMetrics();
    for (List<LogReport.Line> batch = log.oldest(); !batch.isEmpty(); batch = log.oldest()) {
      client.log(new LogReport(assignment.epoch(), rank, batch));
      log.confirm();
    }
  }

  private synchronized void sendMetrics() throws TrainerAwayException {
    for (List<MetricPoint> batch = metrics.oldest(MetricsReport.MOST_POINTS);
        !batch.isEmpty();
        batch = metrics.oldest(MetricsReport.MOST_POINTS)) {
      client.metrics(new MetricsReport(assignment.epoch(), batch));
      metrics.confirm();
    }
  }

  private void failed(RuntimeException e) {
    if (e instanceof LeaveException reason) {
      left = reason;
      leave.accept(reason);
    } else {
      LOG.error("the trainer cannot be told", e);
    }
  }

  /**
   * Reports a checkpoint, once. What was measured before it goes first: an attempt that goes on
   * from it measures those steps no more.
   */
  String checkpoint(CheckpointReport report) throws TrainerAwayException {
    sendMetrics();
    return client.checkpoint(report).checkpointId();
  }

  /** Says everything that is left to say, and the end, unless the trainer stays away too long. */
  void end(EndReport report, Duration patience) throws TrainerAwayException {
    Pause pause = new Pause(FLUSH, LONGEST_PAUSE);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      requireCurrent();
      try {
        sendReports();
        client.end(report);
        return;
      } catch (TrainerAwayException e) {
        Duration wait = pause.take();
        if (System.nanoTime() + wait.toNanos() > deadline) {
          throw e;
        }
        sleep(wait);
      }
    }
  }

  static void sleep(Duration wait) throws TrainerAwayException {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainerAwayException("interrupted while waiting for the trainer", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
