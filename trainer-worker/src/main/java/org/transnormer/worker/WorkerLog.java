package org.transnormer.worker;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.worker.protocol.LogReport;

/** Collects the lines of this process's log for the trainer. */
final class WorkerLog extends AppenderBase<ILoggingEvent> {

  private static final int CAPACITY = 10_000;

  private final ReportBuffer<LogReport.Line> lines = new ReportBuffer<>(CAPACITY);
  private final AtomicLong sequence = new AtomicLong();

  /** Starts to collect what is logged anywhere in the process. */
  static WorkerLog attach() {
    WorkerLog log = new WorkerLog();
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      log.setContext(context);
      log.setName("trainer");
      log.start();
      context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(log);
    }
    return log;
  }

  /** Stops to collect; what is there can still be sent. */
  void detach() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(this);
    }
    stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (event.getThrowableProxy() != null) {
      text = text + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    lines.add(
        new LogReport.Line(
            sequence.getAndIncrement(),
            Instant.ofEpochMilli(event.getTimeStamp()),
            event.getLevel().toString(),
            text.length() <= LogReport.LONGEST_TEXT
                ? text
                : text.substring(0, LogReport.LONGEST_TEXT)));
  }

  List<LogReport.Line> oldest() {
    return lines.oldest(LogReport.MOST_LINES);
  }

  void confirm() {
    lines.confirm();
  }
}
