package handscroll.protocol.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Takes spans on a loopback port, as an OpenTelemetry collector does. */
public final class TraceCollector implements AutoCloseable {

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final CountDownLatch answers;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    public TraceCollector() {
        this(true);
    }

    /** @param answers whether it does before {@link #answerNow} */
    TraceCollector(boolean answers) {
        this.answers = new CountDownLatch(answers ? 0 : 1);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
        try {
            answers.await();
        } catch (InterruptedException e) {
            return;
        }
        request.getResourceSpansList()
                .forEach(resource -> resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
        authorizations.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse(""));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    void answerNow() {
        answers.countDown();
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    public List<Span> spans() {
        return List.copyOf(spans);
    }

    public List<Span> spans(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /** What is written there, whatever its type; empty where there is no such attribute. */
    public static String attribute(Span span, String key) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(KeyValue::getValue)
                .map(value -> value.hasStringValue() ? value.getStringValue() : String.valueOf(value.getIntValue()))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        answers.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
