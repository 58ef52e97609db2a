package handscroll.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** The command's own thread has nothing else to do than to wait; no dispatcher ever does this. */
final class Waiting {

    static <T> T on(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new CommandFailure(
                        ExitCode.OUT_OF_REACH,
                        "The coordinator did not answer in time; raise handscroll.cli.answer-patience, or see "
                                + Logs.file());
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Waiting() {}
}
