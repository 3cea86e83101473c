package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.OpenAPI;

/** A bean of a service that adds to its document when everything shared is said. */
@FunctionalInterface
public interface DocumentAddition {
  void add(OpenAPI document);
}
