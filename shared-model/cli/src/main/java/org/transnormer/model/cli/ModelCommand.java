package org.transnormer.model.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tnl model}: trains, measures and runs models on local files, without the platform. */
@Command(
    name = "tnl model",
    mixinStandardHelpOptions = true,
    version = "tnl model 0.1",
    description = "The model library on local files: no server, no database, no Spring.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done",
      "  1  it failed, or what was checked does not hold",
      "  2  the command line makes no sense",
      "",
      "TNL_THREADS sets the threads that compute, TNL_PIN whether they are bound to processors,",
      "TNL_DEVICE what computes. TNL_DEBUG=1 shows where an error comes from."
    },
    subcommands = {
      InfoCommand.class,
      ConvertCommand.class,
      TrainCommand.class,
      BenchCommand.class,
      EvalCommand.class,
      GenerateCommand.class,
      TokenizeCommand.class,
      VerifyCommand.class,
    })
public final class ModelCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  public static void main(String[] args) {
    int code = commandLine().execute(args);
    System.out.flush();
    System.exit(code);
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new ModelCommand());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler((e, at, _) -> report(e, at));
    commandLine.setExecutionStrategy(ModelCommand::execute);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Runs the last command; what is too large for a memory is a fault like any other. */
  private static int execute(CommandLine.ParseResult line) {
    try {
      return new CommandLine.RunLast().execute(line);
    } catch (OutOfMemoryError e) {
      PrintWriter err = line.commandSpec().commandLine().getErr();
      err.println("tnl model: out of memory: " + e.getMessage());
      if (System.getenv("TNL_DEBUG") != null) {
        e.printStackTrace(err);
      }
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static int report(Exception e, CommandLine at) {
    at.getErr().println("tnl model: " + message(e));
    if (System.getenv("TNL_DEBUG") != null || unexpected(e)) {
      e.printStackTrace(at.getErr());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Whether an error is one of the program rather than of its input. */
  private static boolean unexpected(Exception e) {
    return e instanceof NullPointerException
        || e instanceof ClassCastException
        || e instanceof IndexOutOfBoundsException;
  }

  private static String message(Exception e) {
    String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return switch (e) {
      case NoSuchFileException missing -> "no such file: " + missing.getFile();
      case FileNotFoundException missing -> "cannot open " + missing.getMessage();
      case AccessDeniedException denied -> "not permitted: " + denied.getFile();
      case FileSystemException io -> io.getFile() + ": " + io.getReason();
      case IOException _ -> said;
      default -> said;
    };
  }
}
