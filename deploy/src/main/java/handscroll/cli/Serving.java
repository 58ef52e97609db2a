package handscroll.cli;

import java.io.PrintWriter;

/** Keeps a process of the farm up until it is told to end, and ends it without cutting off a batch. */
final class Serving {

    static int untilEnded(Farm farm, CliSettings settings, PrintWriter err) {
        Runnable stop = () -> {
            if (!farm.drain(settings.drainPatience())) {
                err.println("Some batches were cut off after " + Figures.time(settings.drainPatience())
                        + "; they will be rendered again.");
            }
            farm.close();
            err.println("Ended.");
            err.flush();
        };
        try (Interruption interruption = Interruption.calls(stop)) {
            try {
                farm.ended().toCompletableFuture().join();
            } finally {
                interruption.gate();
            }
            return ExitCode.DONE;
        }
    }

    private Serving() {}
}
