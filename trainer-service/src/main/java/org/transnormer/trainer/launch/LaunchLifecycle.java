package org.transnormer.trainer.launch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.springframework.context.SmartLifecycle;
import org.transnormer.trainer.runs.WakeUp;

/**
 * Begins when the server answers and ends before it stops to: workers that are asked to leave can
 * still report their last checkpoint.
 */
final class LaunchLifecycle implements SmartLifecycle {

  private static final Logger LOG = System.getLogger(LaunchLifecycle.class.getName());

  private final ReconcilerLoop loop;
  private final WorkerCluster cluster;
  private final WakeUp wakeUp;

  LaunchLifecycle(ReconcilerLoop loop, WorkerCluster cluster, WakeUp wakeUp) {
    this.loop = loop;
    this.cluster = cluster;
    this.wakeUp = wakeUp;
  }

  @Override
  public void start() {
    cluster.onChange(wakeUp);
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
    if (cluster instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "the workers could not be left in order: {0}", e.getMessage());
      }
    }
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
