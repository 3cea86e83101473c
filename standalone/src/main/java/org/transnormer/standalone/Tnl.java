package org.transnormer.standalone;

import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the standalone platform; {@code ./tnl} starts it. */
@Command(
    name = "tnl",
    description = "The TransNormer platform in one process.",
    mixinStandardHelpOptions = true,
    subcommands = {UpCommand.class, DemoCommand.class, SmokeCommand.class})
public final class Tnl {

  Tnl() {}

  public static void main(String[] args) {
    // One log for the whole process; a service's context must not set it up again. Its name is not
    // the library's default, which would hold for a service that runs alone on this class path.
    System.setProperty("logback.configurationFile", "tnl-logback.xml");
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    LogManager.getLogManager().reset(); // Tomcat's own log would land on the terminal
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Tnl())
        .setExecutionExceptionHandler(Tnl::explain)
        .setParameterExceptionHandler(Tnl::refuse);
  }

  /** One line for what is wrong and one for where the options stand, not the whole usage. */
  private static int refuse(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("tnl: " + e.getMessage());
    command
        .getErr()
        .printf("tnl: '%s --help' lists the options%n", command.getCommandSpec().qualifiedName());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    command.getErr().println("tnl: " + rootMessage(e));
    command.getErr().println("tnl: the log in the data folder tells more");
    org.slf4j.LoggerFactory.getLogger(Tnl.class).error("command failed", e);
    return 1;
  }

  private static String rootMessage(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getMessage() == null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
