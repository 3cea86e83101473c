package org.transnormer.artifacts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.s3.Faults;
import org.transnormer.artifacts.s3.Faults.Fault;
import org.transnormer.artifacts.s3.S3Server;

/** What a bad way to the store must not do to its objects. */
class S3FaultsTest {
  private static final byte[] CONTENT = ObjectStoreContract.randomBytes(3_000_000);
  private static final byte[] LARGE = ObjectStoreContract.randomBytes(9_000_000);

  private static S3Server server;

  @TempDir Path cache;

  private Faults faults;
  private ObjectStore store;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    faults = Faults.before(server.endpoint());
    store =
        ObjectStore.open(
            S3Server.config(
                faults.endpoint(), S3Server.SECRET_KEY, "faults/" + UUID.randomUUID(), cache));
  }

  @AfterEach
  void close() {
    store.close();
    faults.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "LOST_REQUEST", "LOST_ANSWER"})
  void writesASmallObjectAllTheSame(Fault fault) throws IOException {
    faults.first(2, "PUT", fault);

    StoredObject stored = store.put("small", CONTENT);

    assertThat(faults.injected()).isEqualTo(2);
    assertThat(Digests.sha256(store.localCopy(stored))).isEqualTo(Digests.sha256(CONTENT));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, UNAVAILABLE",
    "uploads, LOST_REQUEST",
    "uploads, LOST_ANSWER",
    "partNumber=2, UNAVAILABLE",
    "partNumber=2, LOST_REQUEST",
    "partNumber=2, LOST_ANSWER",
    "uploadId=, LOST_REQUEST"
  })
  void writesALargeObjectAllTheSame(String request, Fault fault) throws IOException {
    faults.first(1, request, fault);

    StoredObject stored = store.put("large", LARGE);

    assertThat(faults.injected()).isEqualTo(1);
    assertThat(Digests.sha256(store.localCopy(stored))).isEqualTo(Digests.sha256(LARGE));
  }

  @Test
  void findsALargeObjectThereWhenTheAnswerToItsCompletionIsLost() throws IOException {
    faults.plan(once("POST", "?uploadId=", Fault.LOST_ANSWER));

    StoredObject stored = store.put("large", LARGE);

    assertThat(faults.injected()).isEqualTo(1);
    assertThat(Digests.sha256(store.localCopy(stored))).isEqualTo(Digests.sha256(LARGE));
  }

  @Test
  void doesNotTakeAnOlderObjectForTheOneThatFailed() throws IOException {
    store.put("large", LARGE);
    faults.plan(once("POST", "?uploadId=", Fault.GONE));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.put("large", LARGE))
        .withMessageContaining("large");
    assertThat(faults.injected()).isEqualTo(1);
  }

  @Test
  void goesOnReadingWhereTheConnectionWasLost() throws IOException {
    store.put("object", CONTENT);
    faults.first(3, "GET", Fault.CUT_ANSWER);

    try (InputStream in = store.open("object")) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
    assertThat(faults.injected()).isEqualTo(3);
  }

  @Test
  void goesOnReadingAPartWhereTheConnectionWasLost() throws IOException {
    store.put("object", CONTENT);
    faults.first(1, "GET", Fault.CUT_ANSWER);

    try (InputStream in = store.open("object", 1_000_000, 500_000)) {
      assertThat(in.readAllBytes())
          .isEqualTo(java.util.Arrays.copyOfRange(CONTENT, 1_000_000, 1_500_000));
    }
    assertThat(faults.injected()).isEqualTo(1);
  }

  @Test
  void doesNotGoOnReadingInAnotherObject() throws IOException {
    store.put("object", CONTENT);
    faults.first(1, "GET", Fault.CUT_ANSWER);

    try (InputStream in = store.open("object")) {
      in.readNBytes(1000);
      store.put("object", ObjectStoreContract.randomBytes(3_000_001));

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(in::readAllBytes)
          .withMessageContaining("object");
    }
  }

  @Test
  void listsAgainWhereTheListBrokeOff() throws IOException {
    store.put("a", new byte[1]);
    store.put("b", new byte[2]);
    faults.first(2, "GET", Fault.CUT_ANSWER);

    assertThat(store.list("")).hasSize(2);
    assertThat(faults.injected()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "LOST_REQUEST", "LOST_ANSWER"})
  void looksUpListsAndDeletesAllTheSame(Fault fault) throws IOException {
    store.put("a", new byte[1]);
    store.put("b", new byte[2]);
    AtomicInteger request = new AtomicInteger();
    faults.plan((method, uri) -> request.getAndIncrement() % 2 == 0 ? fault : Fault.NONE);

    assertThat(store.stat("a")).isPresent();
    store.delete("a");
    assertThat(store.list("")).isEqualTo(List.of(new ObjectInfo("b", 2)));
    assertThat(store.stat("a")).isEmpty();
  }

  @Test
  void noticesAShortBodyByItsDigestAndKeepsNothingOfIt() throws IOException {
    StoredObject stored = store.put("object", CONTENT);
    faults.first(1, "GET", Fault.SHORT_ANSWER);

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> store.localCopy(stored))
        .withMessageContaining("object");
    try (var files = Files.walk(cache)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
    assertThat(Digests.sha256(store.localCopy(stored))).isEqualTo(stored.sha256());
  }

  private static Faults.Plan once(String method, String uri, Fault fault) {
    AtomicInteger left = new AtomicInteger(1);
    return (m, u) ->
        m.equals(method) && u.contains(uri) && left.getAndDecrement() > 0 ? fault : Fault.NONE;
  }
}
