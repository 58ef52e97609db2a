package handscroll.coordinator.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.server.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing that can be asked of the server.
 *
 * @param path with {@code {variables}}, each one segment
 * @param role that it takes; empty for what anybody may ask
 */
record Endpoint(String method, String path, Optional<Role> role, Function<Call, Route> handler) {

    /** One request for it. */
    record Call(HttpRequest request, Map<String, String> variables, Optional<Access.Visitor> visitor) {
        Call {
            variables = Map.copyOf(variables);
        }

        String variable(String name) {
            return Optional.ofNullable(variables.get(name)).orElseThrow();
        }

        Optional<String> query(String name) {
            return request.getUri().query().get(name);
        }

        Optional<String> header(String name) {
            return request.getHeader(name).map(header -> header.value());
        }
    }

    /** What a request asks for: an endpoint, or else the methods that its path has; none, and there is no such path. */
    record Found(Optional<Endpoint> endpoint, Map<String, String> variables, List<String> methods) {}

    static Endpoint open(String method, String path, Function<Call, Route> handler) {
        return new Endpoint(method, path, Optional.empty(), handler);
    }

    static Endpoint of(Role role, String method, String path, Function<Call, Route> handler) {
        return new Endpoint(method, path, Optional.of(role), handler);
    }

    /** @param segments of the path, decoded: a slash within one of them separates nothing */
    static Found find(List<Endpoint> endpoints, String method, List<String> segments) {
        List<String> methods = new ArrayList<>();
        String asked = method.equals("HEAD") ? "GET" : method;
        for (Endpoint endpoint : endpoints) {
            Optional<Map<String, String>> variables = endpoint.match(segments);
            if (variables.isPresent() && endpoint.method.equals(asked)) {
                return new Found(Optional.of(endpoint), variables.get(), List.of());
            }
            variables.ifPresent(there -> methods.add(endpoint.method));
        }
        return new Found(Optional.empty(), Map.of(), methods);
    }

    private Optional<Map<String, String>> match(List<String> segments) {
        List<String> template =
                Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
        if (template.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int index = 0; index < template.size(); index++) {
            String part = template.get(index);
            if (part.startsWith("{")) {
                variables.put(part.substring(1, part.length() - 1), segments.get(index));
            } else if (!part.equals(segments.get(index))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
