package handscroll.coordinator.http;

import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import handscroll.coordinator.http.Endpoint.Call;
import java.util.List;
import java.util.Optional;

/**
 * Who a visitor is. A browser sends no token with pictures and event streams, so a page hands its token in
 * once and gets it back as a cookie, which no script can read and no other site can send.
 */
final class SessionEndpoints extends AllDirectives {

    private static final String COOKIE = "handscroll";

    private final Answers answers;
    private final Access access;

    SessionEndpoints(Answers answers, Access access) {
        this.answers = answers;
        this.access = access;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(Role.VIEWER, "GET", "/api/session", this::who),
                Endpoint.open("POST", "/api/session", this::begin),
                Endpoint.open("DELETE", "/api/session", this::end));
    }

    /** What a request shows: the header of a program, or the cookie of a page. */
    static Optional<String> token(Optional<String> authorization, Optional<String> cookies) {
        Optional<String> bearer = authorization
                .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(header -> header.substring(7).strip());
        return bearer.or(() -> cookies.flatMap(SessionEndpoints::cookie));
    }

    private static Optional<String> cookie(String cookies) {
        for (String cookie : cookies.split(";")) {
            String[] parts = cookie.strip().split("=", 2);
            if (parts.length == 2 && parts[0].equals(COOKIE)) {
                return Optional.of(parts[1]);
            }
        }
        return Optional.empty();
    }

    private Route who(Call call) {
        Access.Visitor visitor = call.visitor().orElseThrow();
        return answers.ok(JobJson.object()
                .put("name", visitor.name())
                .put("role", visitor.role().word())
                .put("asksForTokens", access.asksForTokens()));
    }

    private Route begin(Call call) {
        Optional<String> token = token(call.header("Authorization"), Optional.empty());
        if (token.isEmpty() || access.visitor(token).isEmpty()) {
            return answers.error(StatusCodes.UNAUTHORIZED, "This token opens nothing here.");
        }
        return respondWithHeader(setCookie(token.get(), ""), () -> answers.ok(JobJson.object()));
    }

    private Route end(Call call) {
        return respondWithHeader(setCookie("", "; Max-Age=0"), () -> answers.ok(JobJson.object()));
    }

    private static RawHeader setCookie(String value, String more) {
        return RawHeader.create("Set-Cookie", COOKIE + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + more);
    }
}
