package org.transnormer.support.idempotency;

import java.util.Map;

/** An answer as it is given again. */
record KeptAnswer(int status, Map<String, String> headers, byte[] body) {}
