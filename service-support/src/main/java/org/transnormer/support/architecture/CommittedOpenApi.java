package org.transnormer.support.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The description of a service's REST interface as it is committed: canonical, without address. */
public final class CommittedOpenApi {

  /** Set to {@code true} to write what runs over what is committed, after a change on purpose. */
  public static final String WRITE = "tnl.openapi.write";

  private static final Path FOLDER = Path.of("src/main/openapi");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private CommittedOpenApi() {}

  /**
   * The committed document, which {@link #WRITE} first replaces.
   *
   * @param service names the file, as in {@code corpus.json}
   * @param running canonical, as {@link #canonical} gives it
   */
  public static String read(String service, String running) throws IOException {
    Path file = FOLDER.resolve(service + ".json");
    if (Boolean.getBoolean(WRITE)) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, running);
    }
    return Files.readString(file);
  }

  /** Keys sorted, indented, and without the address, which is another one in each test. */
  public static String canonical(JsonNode document) {
    ObjectNode described = (ObjectNode) document.deepCopy();
    described.remove("servers");
    return JSON.writeValueAsString(JSON.treeToValue(described, Object.class)) + "\n";
  }
}
