package handscroll.cli;

import handscroll.worker.train.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A training that ends after its step when the process is told to end. libtorch must not be computing then: it would
 * fail while it is taken down.
 */
final class InterruptibleTraining {

    /** A step takes about a second. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    private final Training training;
    private final Path directory;
    private final PrintWriter err;
    private final CountDownLatch idle = new CountDownLatch(1);

    InterruptibleTraining(Training training, Path directory, PrintWriter err) {
        this.training = training;
        this.directory = directory;
        this.err = err;
    }

    /** Learns until the training is over and says how long that was; does not return when it is interrupted. */
    Duration run() throws IOException {
        try (Interruption interruption = Interruption.calls(this::interrupt)) {
            try {
                return training.run();
            } finally {
                idle.countDown();
            }
        }
    }

    private void interrupt() {
        training.stop();
        try {
            if (!idle.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                err.print("\nthe last step did not end in time; the checkpoint is up to a minute old");
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
        err.println();
        err.println(
                training.hasCheckpoint()
                        ? "interrupted; what was learned is in " + directory
                                + "; continue with the same command and --resume"
                        : "interrupted before the first step; nothing was learned");
        err.flush();
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
}
