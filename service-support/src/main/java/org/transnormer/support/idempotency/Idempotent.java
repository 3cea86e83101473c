package org.transnormer.support.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a controller method that launches work: the header {@code Idempotency-Key} is required. The
 * same key with the same request gives the first answer again; with another request 422; while the
 * first is still at work 409. After a failure that launched nothing the key may be used again.
 *
 * <p>What creates a resource tells {@link Launches} in its transaction. Then the key stands for the
 * resource from the commit on: when the answer was lost, a retry is answered with the resource.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {}
