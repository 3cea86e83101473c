package org.transnormer.door.routes.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Tells whether a client that waits silently is still there. The servlet API notices only when it
 * writes, and a service may think for minutes before there is anything to write; so Tomcat is asked
 * to look at the socket, from the request's own thread, once the request's body has been read.
 */
public final class ClientConnection {
  private static final String ATTRIBUTE = ClientConnection.class.getName();

  /** Tomcat reports one byte when the peer has closed, more when a next request waits. */
  private static final int CLOSED = 1;

  private ClientConnection() {}

  static boolean isGone(ServletRequest request) {
    if (!(request.getAttribute(ATTRIBUTE) instanceof org.apache.coyote.Request connection)) {
      return false;
    }
    connection.action(ActionCode.AVAILABLE, true);
    return connection.getAvailable() == CLOSED;
  }

  /** Keeps Tomcat's own view of the request within reach. */
  public static final class Valve extends ValveBase {
    public Valve() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      request.setAttribute(ATTRIBUTE, request.getCoyoteRequest());
      getNext().invoke(request, response);
    }
  }
}
