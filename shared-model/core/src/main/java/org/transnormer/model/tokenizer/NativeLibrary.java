package org.transnormer.model.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The native tokenizers library. Its loader unpacks it into a cache folder and on some machines
 * would fetch another build of it; here it never asks the network, and the folder is ours alone,
 * since whoever can write there runs code in this process.
 */
final class NativeLibrary {

  static final TokenizersLibrary TOKENIZERS = load();

  private NativeLibrary() {}

  private static TokenizersLibrary load() {
    Map<String, String> settings =
        Map.of("ai.djl.offline", "true", "RUST_FLAVOR", "cpu", "OPT_OUT_TRACKING", "true");
    settings.forEach(NativeLibrary::setIfAbsent);
    if (System.getenv("DJL_CACHE_DIR") == null) {
      setIfAbsent("DJL_CACHE_DIR", privateFolder().toString());
    }
    LibUtils.checkStatus();
    return TokenizersLibrary.LIB;
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Path privateFolder() {
    try {
      Path home = Path.of(System.getProperty("user.home", ""));
      if (home.isAbsolute() && Files.isWritable(home)) {
        return Files.createDirectories(home.resolve(".cache").resolve("transnormer"));
      }
      Path fresh = Files.createTempDirectory("transnormer-tokenizers");
      fresh.toFile().deleteOnExit();
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder to unpack the tokenizers library into", e);
    }
  }
}
