package org.transnormer.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.model.parallel.Rendezvous;
import org.transnormer.worker.WorkerSettings.UnusableSettingsException;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.WorkerEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program: reads its environment, trains, and leaves with an {@link ExitCode}. */
@Command(
    name = "trainer-worker",
    mixinStandardHelpOptions = true,
    version = "tnl trainer-worker 1",
    description = "Trains one attempt of one run and reports to its trainer.",
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  TNL_RUN_ID, TNL_ATTEMPT     which attempt of which run",
      "  TNL_RUN_TOKEN               secret that the trainer gave for it",
      "  TNL_TRAINER_URL             base URL of the trainer",
      "  TNL_RANK, TNL_WORLD_SIZE    place in the group (JOB_COMPLETION_INDEX in a pod); 0 of 1",
      "  TNL_RENDEZVOUS              host:port of rank 0, where ranks meet",
      "  TNL_SEQUENCE_RANKS          how many ranks split every sequence; 1",
      "  TNL_TENSOR_RANKS            how many ranks split every layer; 1",
      "  TNL_SHARDING                what the others hold together: none, optimizer (default),"
          + " everything",
      "  TNL_STORE_URI               file:///folder or s3://bucket/prefix",
      "  TNL_STORE_S3_ENDPOINT, TNL_STORE_S3_REGION, TNL_STORE_S3_ACCESS_KEY,",
      "  TNL_STORE_S3_SECRET_KEY, TNL_STORE_S3_PATH_STYLE",
      "  TNL_SCRATCH                 folder of its own for unfinished files",
      "  TNL_PARENT_PID              leave when this process is gone",
      "  TNL_THREADS                 for computing; otherwise what the run says",
      "  TNL_PIN                     true binds each thread to a processor; only for a worker that"
          + " has its processors to itself",
      "  TNL_DEVICE                  what to compute on: auto (default; a GPU where there is one),"
          + " cpu, cuda",
      "  TNL_PATIENCE_SECONDS        how long to wait for a trainer that is away; 3600"
    })
public final class TrainerWorker implements Callable<Integer> {

  /** How long a step may go on after the trainer said that it is not wanted any more. */
  private static final Duration LAST_STEP = Duration.ofSeconds(5);

  /** Below what operating systems and clusters usually wait between asking and killing. */
  private static final Duration GRACE = Duration.ofSeconds(25);

  @Option(
      names = "--meet",
      description = "Meet the other ranks and leave: whether this group's ranks reach each other.")
  private boolean meet;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Termination termination = new Termination();

  private TrainerWorker() {}

  public static void main(String[] args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "worker-logback.xml");
    }
    TrainerWorker program = new TrainerWorker();
    int code = new CommandLine(program).execute(args);
    System.out.flush();
    if (program.termination.requested()) {
      // The shutdown has begun already and only waits for this thread.
      Runtime.getRuntime().halt(code);
    }
    System.exit(code);
  }

  @Override
  public Integer call() {
    WorkerSettings settings;
    try {
      settings = WorkerSettings.from(System.getenv());
    } catch (UnusableSettingsException e) {
      System.err.println("cannot start: " + e.getMessage());
      return ExitCode.USAGE.code();
    }
    Logger log = LoggerFactory.getLogger(TrainerWorker.class);
    if (meet) {
      return meet(settings).code();
    }
    WorkerLog workerLog = WorkerLog.attach();
    log.info("{}", settings);
    settings
        .parentPid()
        .ifPresent(pid ->
            new ParentWatch(pid)
                .start(() -> halt(ExitCode.PARENT_GONE, "process %d is gone".formatted(pid))));
    Runtime.getRuntime().addShutdownHook(new Thread(this::terminate, "terminate"));
    try {
      Worker worker = new Worker(settings, workerLog, termination, this::leaveSoon);
      return worker.run().code();
    } finally {
      done.countDown();
    }
  }

  private static ExitCode meet(WorkerSettings settings) {
    long began = System.nanoTime();
    Rendezvous rendezvous = settings.meetingPlace().orElse(null);
    if (rendezvous == null) {
      System.err.println("cannot meet: " + WorkerEnvironment.RENDEZVOUS + " is missing");
      return ExitCode.USAGE;
    }
    try {
      rendezvous.meet(() -> new byte[0], settings.patience()).close();
    } catch (IOException e) {
      System.err.printf("%s: %s (%s)%n", rendezvous, e.getMessage(), e.getCause());
      return ExitCode.CRASHED;
    }
    System.out.printf(
        "%s: all met after %d ms%n", rendezvous, (System.nanoTime() - began) / 1_000_000);
    return ExitCode.ENDED;
  }

  /** Lets the step in progress end and a last checkpoint be written. */
  private void terminate() {
    if (done.getCount() == 0) {
      return;
    }
    termination.request();
    try {
      if (!done.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("no end within " + GRACE.toSeconds() + " s of being asked");
      } else {
        Thread.sleep(LAST_STEP); // the main thread halts the process with its own exit code
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void leaveSoon(LeaveException reason) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            if (!done.await(LAST_STEP.toSeconds(), TimeUnit.SECONDS)) {
              halt(reason.exitCode(), String.valueOf(reason.getMessage()));
            }
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Not even shutdown hooks run: nothing is worth waiting for. */
  private static void halt(ExitCode code, String reason) {
    System.err.println("leaving: " + reason);
    System.err.flush();
    Runtime.getRuntime().halt(code.code());
  }
}
