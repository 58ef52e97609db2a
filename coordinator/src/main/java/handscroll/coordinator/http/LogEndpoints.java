package handscroll.coordinator.http;

import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.http.Endpoint.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** What this coordinator has logged, without a way to its machine. */
final class LogEndpoints extends AllDirectives {

    private static final int USUAL_ENTRIES = 100;

    private final Answers answers;
    private final HttpSettings settings;
    private final Executor readers;

    LogEndpoints(Answers answers, HttpSettings settings, Executor readers) {
        this.answers = answers;
        this.settings = settings;
        this.readers = readers;
    }

    List<Endpoint> all() {
        return List.of(Endpoint.of(Role.ADMIN, "GET", "/api/logs", this::log));
    }

    private Route log(Call call) {
        Optional<LogTail.Level> least = LogTail.Level.of(call.query("level").orElse("debug"));
        if (least.isEmpty()) {
            return answers.error(StatusCodes.BAD_REQUEST, "A level is one of debug, info, warn, error.");
        }
        Optional<Integer> most = call.query("entries")
                .map(text -> Optional.of(text).filter(number -> number.matches("[1-9][0-9]{0,5}")))
                .orElse(Optional.of(Integer.toString(USUAL_ENTRIES)))
                .map(Integer::valueOf);
        if (most.isEmpty()) {
            return answers.error(StatusCodes.BAD_REQUEST, "entries is a whole number from 1 to 999999.");
        }
        OptionalLong after = call.query("after")
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
        var wish = new LogTail.Wish(least.get(), call.query("find"), most.get());
        return settings.logFile()
                .filter(Files::isReadable)
                .map(file -> read(file, after, wish))
                .orElseGet(() -> answers.error(
                        StatusCodes.NOT_FOUND,
                        "There is no log where handscroll.coordinator.http.log-file says that it is."));
    }

    private Route read(Path file, OptionalLong after, LogTail.Wish wish) {
        return onSuccess(
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return LogTail.read(file, after, settings.logBytes(), wish);
                            } catch (IOException unreadable) {
                                throw new CompletionException(unreadable);
                            }
                        },
                        readers),
                piece -> {
                    ObjectNode json = JobJson.object().put("next", piece.next());
                    ArrayNode entries = json.putArray("entries");
                    piece.entries().forEach(entries::add);
                    return answers.ok(json);
                });
    }
}
