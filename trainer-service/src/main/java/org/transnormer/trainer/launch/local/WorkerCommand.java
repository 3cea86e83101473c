package org.transnormer.trainer.launch.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/** How a worker is started from the very class path and Java that this process runs on. */
final class WorkerCommand {

  static final String MAIN = "org.transnormer.worker.TrainerWorker";

  private static final String FAT_JAR_LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";

  /** The worker's vector kernels and its native matrix library need these. */
  private static final List<String> NEEDED =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dfile.encoding=UTF-8");

  private WorkerCommand() {}

  static List<String> of(List<String> jvmArguments) {
    String classPath = System.getProperty("java.class.path", "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NEEDED);
    command.addAll(jvmArguments);
    if (isFatJar(classPath)) {
      command.add("-Dloader.main=" + MAIN);
      command.addAll(List.of("-cp", absolute(classPath), FAT_JAR_LAUNCHER));
    } else {
      command.addAll(List.of("-cp", absolute(classPath), MAIN));
    }
    return command;
  }

  /** The child has a working folder of its own. */
  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  /** A jar that holds its libraries as jars can only be read by its own launcher. */
  private static boolean isFatJar(String classPath) {
    if (classPath.contains(File.pathSeparator) || !classPath.endsWith(".jar")) {
      return false;
    }
    try (JarFile jar = new JarFile(classPath)) {
      return jar.getEntry("BOOT-INF/lib/") != null;
    } catch (IOException _) {
      return false;
    }
  }
}
