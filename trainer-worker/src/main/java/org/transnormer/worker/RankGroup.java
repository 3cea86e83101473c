package org.transnormer.worker;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.DeviceGroup;
import org.transnormer.model.device.DeviceProvider;
import org.transnormer.model.device.DeviceUnavailableException;
import org.transnormer.model.device.Devices;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Peers;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Rendezvous;
import org.transnormer.worker.protocol.FailureCode;

/**
 * What this rank computes on, and the ranks that it works with: they share what the settings say,
 * and are missed when they vanish.
 */
final class RankGroup implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RankGroup.class);

  private final Backend backend;
  private final Ranks ranks;
  private final @Nullable DeviceGroup devices;
  private final @Nullable Peers peers;
  private boolean done;

  private RankGroup(
      Backend backend, Ranks ranks, @Nullable DeviceGroup devices, @Nullable Peers peers) {
    this.backend = backend;
    this.ranks = ranks;
    this.devices = devices;
    this.peers = peers;
  }

  /**
   * @param lost told which rank is gone, from another thread, when what this one waits for is void
   * @throws FailedException where several ranks cannot work together
   * @throws IOException when some rank does not come
   */
  static RankGroup open(WorkerSettings settings, int threads, Consumer<String> lost)
      throws IOException {
    if (settings.worldSize() == 1) {
      Backend backend = Devices.open(settings.device(), threads, settings.pin());
      return new RankGroup(backend, Ranks.alone(), null, null);
    }
    Rendezvous place =
        settings
            .meetingPlace()
            .orElseThrow(() ->
                new FailedException(
                    FailureCode.INVALID_SPEC, "several ranks need a place to meet"));
    try {
      return meet(settings, Devices.forRanks(settings.device()), place, lost);
    } catch (DeviceUnavailableException e) {
      throw new FailedException(FailureCode.INVALID_SPEC, String.valueOf(e.getMessage()), e);
    }
  }

  private static RankGroup meet(
      WorkerSettings settings, DeviceProvider provider, Rendezvous place, Consumer<String> lost)
      throws IOException {
    int rank = settings.rank();
    int size = settings.worldSize();
    Backend backend = provider.open(rank);
    Peers peers = null;
    try {
      peers = place.meet(provider::newGroup, settings.patience());
      DeviceGroup devices = provider.join(peers.shared(), backend, rank, size);
      peers.watch(reason -> {
        devices.lose(reason);
        lost.accept(reason);
      });
      LOG.info("rank {} of {}, by {}", rank, size, devices.describe());
      Ranks ranks =
          Ranks.of(
              devices.all(), settings.sequenceRanks(), settings.tensorRanks(), settings.sharding());
      return new RankGroup(backend, ranks, devices, peers);
    } catch (IOException | RuntimeException | Error e) {
      if (peers != null) {
        peers.close();
      }
      backend.close();
      throw e;
    }
  }

  Backend backend() {
    return backend;
  }

  Ranks ranks() {
    return ranks;
  }

  /** The most that any rank says; every rank calls this. */
  int most(int value) {
    Collectives all = devices == null ? Collectives.alone() : devices.all();
    double[] said = new double[all.size()];
    said[all.rank()] = value;
    all.allReduce(said);
    double most = value;
    for (double each : said) {
      most = Math.max(most, each);
    }
    return (int) most;
  }

  /** This rank has done its part; without that, the others hear that it is gone. */
  void done() {
    done = true;
  }

  @Override
  public void close() throws IOException {
    try (Backend _ = backend) {
      if (peers != null && !done) {
        peers.cut();
      }
      if (devices != null) {
        if (!done) {
          devices.lose("this rank left before the others");
        }
        devices.close();
      }
    } finally {
      if (peers != null) {
        peers.close();
      }
    }
  }
}
