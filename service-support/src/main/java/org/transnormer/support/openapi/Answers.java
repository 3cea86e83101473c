package org.transnormer.support.openapi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a controller method: what it answers that neither its signature nor its path tells, for the
 * OpenAPI document. Problems that follow from those (400, 401, 403, 404, 412, 413, 415, and 409 and
 * 422 of an idempotent request) need not be named.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Answers {
  /** Statuses of problems. */
  int[] problems() default {};

  /** Headers of its good answers, like {@code ETag}. */
  String[] headers() default {};
}
