package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

/** Tells the values of enums as they travel; springdoc reads them from the constants' names. */
@SuppressWarnings({"rawtypes", "unchecked"}) // schemas of any type
final class KebabEnumSchemas implements OpenApiCustomizer {
  private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");

  @Override
  public void customise(OpenAPI document) {
    Map<String, Schema> named = document.getComponents().getSchemas();
    walkAll(named == null ? null : named.values());
    document.getPaths().values().stream()
        .flatMap(path -> path.readOperations().stream())
        .flatMap(
            operation -> Stream.ofNullable(operation.getParameters()).flatMap(Collection::stream))
        .map(Parameter::getSchema)
        .forEach(KebabEnumSchemas::walk);
  }

  private static void walk(@Nullable Schema schema) {
    if (schema == null) {
      return;
    }
    rename(schema);
    walk(schema.getItems());
    if (schema.getAdditionalProperties() instanceof Schema values) {
      walk(values);
    }
    Map<String, Schema> properties = schema.getProperties();
    if (properties != null) {
      walkAll(properties.values());
    }
    walkAll(schema.getAllOf());
    walkAll(schema.getAnyOf());
    walkAll(schema.getOneOf());
  }

  private static void walkAll(@Nullable Collection<Schema> schemas) {
    if (schemas != null) {
      schemas.forEach(KebabEnumSchemas::walk);
    }
  }

  private static void rename(Schema schema) {
    List<Object> values = schema.getEnum();
    if (values != null
        && values.stream()
            .allMatch(value -> value instanceof String text && CONSTANT.matcher(text).matches())) {
      schema.setEnum(
          values.stream()
              .map(value -> ((String) value).toLowerCase(Locale.ROOT).replace('_', '-'))
              .toList());
    }
  }
}
