package org.transnormer.support.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.transnormer.support.SharedService;
import org.transnormer.support.Transactions;

class LeasesIT {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration OVER = Duration.ZERO;

  private final Leases leases = SharedService.get().bean(Leases.class);
  private final Transactions transactions = SharedService.get().bean(Transactions.class);

  @Test
  void hasOneOwnerAtATime() {
    Lease first = leases.acquire("one", "a", LONG).orElseThrow();

    assertThat(leases.acquire("one", "b", LONG)).isEmpty();
    assertThat(leases.renew(first, LONG)).isTrue();
    leases.requireCurrent(first);

    leases.release(first);
    assertThat(leases.acquire("one", "b", LONG)).hasValue(new Lease("one", "b", 2));
  }

  @Test
  void refusesTheOwnerWhoseLeaseWasTakenOver() {
    Lease stale = leases.acquire("fenced", "a", OVER).orElseThrow();
    leases.requireCurrent(stale); // over, but nobody has taken it

    Lease next = leases.acquire("fenced", "b", LONG).orElseThrow();

    assertThat(next.epoch()).isEqualTo(stale.epoch() + 1);
    assertThat(leases.renew(stale, LONG)).isFalse();
    assertThatExceptionOfType(StaleEpochException.class)
        .isThrownBy(() -> leases.requireCurrent(stale));
    leases.release(stale);
    leases.requireCurrent(next);
    assertThat(leases.acquire("fenced", "c", LONG)).isEmpty();
  }

  @Test
  void nobodyTakesOverWhileAResultIsBeingCommitted() throws Exception {
    Lease lease = leases.acquire("commit", "a", OVER).orElseThrow();
    CountDownLatch checked = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> committing =
        CompletableFuture.runAsync(() ->
            transactions.inTransaction(() -> {
              leases.requireCurrent(lease);
              checked.countDown();
              awaitQuietly(commit);
            }));
    assertThat(checked.await(20, TimeUnit.SECONDS)).isTrue();

    var takeOver = CompletableFuture.supplyAsync(() -> leases.acquire("commit", "b", LONG));
    assertThat(takeOver.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS).get()).isNull();
    commit.countDown();

    committing.get(20, TimeUnit.SECONDS);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
