package handscroll.coordinator.output;

import java.io.IOException;

/**
 * Makes what many threads write to one file, or to one folder, durable, with one wait of the disk for all that came meanwhile. After a
 * failure nothing is durable any more until the file is opened again: the kernel may have dropped the pages that it could not write.
 */
final class GroupForce {

    /** Waits for the disk. */
    interface Force {
        void run() throws IOException;
    }

    private final Force force;
    private long askedCount;
    private long durableCount;
    private boolean isForcing;
    private boolean hasFailed;

    GroupForce(Force force) {
        this.force = force;
    }

    /** All that was written before the call is durable when it returns. */
    void force() throws IOException {
        long mine;
        synchronized (this) {
            mine = ++askedCount;
        }
        while (true) {
            long upTo;
            synchronized (this) {
                while (isForcing && durableCount < mine) {
                    await();
                }
                if (durableCount >= mine) {
                    return;
                }
                if (hasFailed) {
                    throw new IOException("the disk failed before; resume the job");
                }
                isForcing = true;
                upTo = askedCount;
            }
            boolean done = false;
            try {
                force.run();
                done = true;
            } finally {
                synchronized (this) {
                    isForcing = false;
                    hasFailed |= !done;
                    durableCount = done ? upTo : durableCount;
                    notifyAll();
                }
            }
        }
    }

    private void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the disk was writing", e);
        }
    }
}
