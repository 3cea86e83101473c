package org.transnormer.embedded;

/** Variables that a pod is started with. */
final class Environment {

  private Environment() {}

  static String required(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException("set the environment variable " + name);
    }
    return value;
  }
}
