package handscroll.coordinator.simulation;

import handscroll.coordinator.job.RenderBook;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A plan played to its end with nothing to do: what the coordinator's own bookkeeping takes for it, in
 * memory and in time.
 *
 * @param cellCount of all stages
 * @param heldBytes the most that the job's whole state took of the heap, looked at when it was opened, half
 *     way and at the end
 * @param tokensHeldPeak patches whose tokens were kept for those that read them, at most
 */
public record Walk(long cellCount, Duration opening, Duration walking, long heldBytes, int tokensHeldPeak) {

    public double bytesPerCell() {
        return (double) heldBytes / cellCount;
    }

    public double cellsPerSecond() {
        return cellCount / Math.max(1e-9, walking.toNanos() / 1e9);
    }

    /**
     * Takes some microseconds a cell, and a few collections of the whole heap.
     *
     * @param offeredTasks that are handed out at a time
     */
    public static Walk of(Plan plan, int offeredTasks) {
        return new Player(plan, offeredTasks, Walk::usedHeap).play();
    }

    /** What is left when all garbage is collected; the JVM's own figure. */
    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int collection = 0; collection < 3; collection++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }

    private static final class Player {
        private final Plan plan;
        private final int offeredTasks;
        private final LongSupplier usedHeap;
        private final int tokensPerPatch;
        private final long cellCount;

        private long walked;

        Player(Plan plan, int offeredTasks, LongSupplier usedHeap) {
            this.plan = plan;
            this.offeredTasks = offeredTasks;
            this.usedHeap = usedHeap;
            this.tokensPerPatch = plan.model().tokensPerSide() * plan.model().tokensPerSide();
            this.cellCount = plan.graph().stages().stream()
                    .mapToLong(stage -> stage.grid().cellCount())
                    .sum();
        }

        Walk play() {
            long before = usedHeap.getAsLong();
            long begun = System.nanoTime();
            Optional<Picture> picture = plan.given().map(given -> new BlankPicture());
            var book = new RenderBook(plan, picture);
            book.start();
            long opening = System.nanoTime() - begun;

            long held = usedHeap.getAsLong();
            long walking = walk(book, cellCount / 2);
            held = Math.max(held, usedHeap.getAsLong());
            walking += walk(book, cellCount);
            held = Math.max(held, usedHeap.getAsLong());
            return new Walk(
                    cellCount,
                    Duration.ofNanos(opening),
                    Duration.ofNanos(walking),
                    Math.max(0, held - before),
                    book.tokensHeldPeak());
        }

        /** Until so many cells are rendered; the time it took. */
        private long walk(RenderBook book, long until) {
            long begun = System.nanoTime();
            while (walked < until) {
                Map<Integer, List<OfferedTask>> ready = book.takeReady(offeredTasks);
                if (ready.isEmpty()) {
                    throw new IllegalStateException(
                            "the plan of " + plan.spec().name() + " cannot be walked to its end");
                }
                ready.values().forEach(tasks -> tasks.forEach(offered -> render(book, offered.task())));
                book.takeReleased();
            }
            return System.nanoTime() - begun;
        }

        private void render(RenderBook book, Task task) {
            if (task instanceof Task.Decode || task instanceof Task.Idle) {
                book.tileStored(task.patch());
            } else {
                book.tokensLogged(new TaskResult.Tokens(task.patch(), new short[tokensPerPatch]));
            }
            walked++;
        }
    }
}
