package org.transnormer.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own, started beside the JVM: durable settings, password authentication, data
 * kept over restarts.
 *
 * <p>A JVM that was killed leaves its postmaster running; the next start ends that one first.
 */
public final class PostgresServer implements AutoCloseable {

  /** The one database; each service has a schema of its own in it. */
  public static final String DATABASE = "tnl";

  public static final String USER = "postgres";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final long STOP_SECONDS = 20;

  /** The library's mark on binaries that are whole. */
  static final String UNPACKED = ".exists";

  private static final int PASSWORD_BYTES = 24;

  private final EmbeddedPostgres postgres;
  private final String password;
  private final String host;

  private PostgresServer(EmbeddedPostgres postgres, String password, String host) {
    this.postgres = postgres;
    this.password = password;
    this.host = host;
  }

  /** Starts on the loopback interface, with a password of its own kept in the folder. */
  public static PostgresServer start(Path folder, int port) throws IOException {
    Files.createDirectories(folder);
    return start(folder, port, "localhost", password(folder.resolve("password")));
  }

  /**
   * Starts, or goes on with the data of an earlier start.
   *
   * @param folder binaries and data
   * @param port TCP port; 0 takes a free one
   * @param listen addresses to listen on, as {@code listen_addresses}
   * @param password of the user {@link #USER}
   */
  public static PostgresServer start(Path folder, int port, String listen, String password)
      throws IOException {
    Path data = folder.resolve("data");
    stopLeftover(data);
    removeHalfUnpacked(folder.resolve("binaries"));
    boolean fresh = isFresh(folder);
    Path secured = folder.resolve("secured");
    if (!fresh && !Files.exists(secured)) {
      secure(data, "trust");
    }
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setPGStartupWait(START_WAIT)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("max_connections", "200")
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("listen_addresses", listen)
            .setConnectConfig("password", password)
            .setRegisterShutdownHook(false)
            .setLocaleConfig("locale", "C.UTF-8");
    if (port != 0) {
      builder.setPort(port);
    }
    EmbeddedPostgres postgres = builder.start();
    // The library opens the folder of what it executes to everybody.
    Files.setPosixFilePermissions(
        folder.resolve("binaries"), PosixFilePermissions.fromString("rwxr-xr-x"));
    PostgresServer server = new PostgresServer(postgres, password, "localhost");
    try {
      server.prepare(data, secured);
    } catch (SQLException e) {
      server.close();
      throw new IOException("cannot prepare the database in " + folder, e);
    }
    return server;
  }

  /** Whether a start in the folder would be the first. */
  static boolean isFresh(Path folder) {
    return !Files.exists(folder.resolve("data").resolve("PG_VERSION"));
  }

  public int port() {
    return postgres.getPort();
  }

  public String password() {
    return password;
  }

  /** JDBC URL of the database, without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host, port(), DATABASE);
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("PostgreSQL did not stop in order; its data is safe");
    }
  }

  private void prepare(Path data, Path secured) throws SQLException, IOException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      if (!Files.exists(secured)) {
        statement.execute("alter user " + USER + " password '" + password + "'");
        secure(data, "scram-sha-256");
        statement.execute("select pg_reload_conf()");
        Files.writeString(secured, "scram-sha-256\n");
      }
      try (ResultSet found =
          statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
        if (found.next()) {
          return;
        }
      }
      statement.execute("create database " + DATABASE);
    }
  }

  private static void secure(Path data, String method) throws IOException {
    Files.write(
        data.resolve("pg_hba.conf"),
        List.of("local all all " + method, "host all all all " + method));
  }

  private static String password(Path file) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, password);
    return password;
  }

  /** Unpacking that was cut off is not gone on with by the library; it fails on what lies there. */
  private static void removeHalfUnpacked(Path binaries) throws IOException {
    if (!Files.isDirectory(binaries)) {
      return;
    }
    try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(binaries, "PG-*")) {
      for (Path each : unpacked) {
        if (Files.isDirectory(each) && !Files.exists(each.resolve(UNPACKED))) {
          LOG.atInfo().addKeyValue("folder", each).log("removing binaries unpacked by half");
          delete(each);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Ends a postmaster that outlived its JVM; another process with its old number is left alone. */
  private static void stopLeftover(Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    long pid =
        Long.parseLong(Files.readAllLines(pidFile, StandardCharsets.UTF_8).getFirst().strip());
    ProcessHandle leftover = ProcessHandle.of(pid).orElse(null);
    if (leftover == null || !leftover.info().command().orElse("").endsWith("/postgres")) {
      return;
    }
    LOG.atInfo().addKeyValue("pid", pid).log("stopping a PostgreSQL that an ended process left");
    // In order; on a machine with too much to do, without a last checkpoint: it recovers.
    if (!ended(leftover, "-INT") && !ended(leftover, "-QUIT")) {
      throw new IOException(
          "the PostgreSQL of an earlier start (process %d) does not stop".formatted(pid));
    }
  }

  private static boolean ended(ProcessHandle process, String signal) throws IOException {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    try {
      process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
