package org.transnormer.support.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a controller method that launches work: the header {@code Idempotency-Key} is required. The
 * same key with the same request gives the first answer again; with another request 422; while the
 * first is still at work 409. Only successful answers are kept: after a failure the key may be used
 * again.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {}
