package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;

/** Schemas as OpenAPI 3.1 writes them. */
final class Schemas {
  private static final String PREFIX = "#/components/schemas/";

  private Schemas() {}

  static Schema<?> of(String type) {
    return new JsonSchema().typesItem(type);
  }

  static Schema<?> of(String type, String description) {
    Schema<?> schema = of(type);
    schema.setDescription(description);
    return schema;
  }

  static Schema<?> listOf(Schema<?> items, String description) {
    Schema<?> schema = of("array", description);
    schema.setItems(items);
    return schema;
  }

  static Schema<?> reference(String name) {
    Schema<?> schema = new JsonSchema();
    schema.set$ref(PREFIX + name);
    return schema;
  }
}
