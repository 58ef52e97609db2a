package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes with the tasks of a recurrent model, so that any worker can make the states they need. */
class MemoryTest {

    private static final int LARGEST_BLOCK = RememberedPatch.BLOCK_COLUMNS * RememberedPatch.BLOCK_ROWS;

    @ParameterizedTest
    @ValueSource(strings = {"omega", "omega*", "zeta", "zeta*", "diamond", "quadrant", "colours", "coarse-to-fine"})
    void whoReadsAndWhoIsReadAgree(String direction) {
        PatchGraph graph = plan(direction).graph();
        Set<List<Integer>> reads = new HashSet<>();
        Set<List<Integer>> readers = new HashSet<>();
        for (int cell = 0; cell < graph.cellCount(0); cell++) {
            int index = cell;
            graph.forEachRead(0, index, (stage, read) -> reads.add(List.of(index, read)));
            graph.forEachReader(0, index, (stage, reader) -> {
                if (stage == 0) {
                    readers.add(List.of(reader, index));
                }
            });
        }
        assertThat(readers).isEqualTo(reads);
    }

    /** In any order of completion: a token that is asked for after its release would fail the book. */
    @ParameterizedTest
    @ValueSource(strings = {"omega", "zeta*", "diamond", "quadrant", "colours", "coarse-to-fine"})
    void everyTaskBringsAllThatTheStatesOfItsContextRemember(String direction) {
        Plan plan = plan(direction);
        RenderBook book = new RenderBook(plan, Optional.empty());
        List<Task> running = new ArrayList<>();
        Random random = new Random(4);
        book.start();
        while (!book.isComplete()) {
            book.takeReady(30).values().stream()
                    .flatMap(List::stream)
                    .map(OfferedTask::task)
                    .forEach(running::add);
            Task ended = running.remove(random.nextInt(running.size()));
            if (ended instanceof Task.Sample sample) {
                check(plan, sample);
                book.tokensLogged(new TaskResult.Tokens(ended.patch(), new short[64]));
            } else {
                book.tileStored(ended.patch());
            }
        }
    }

    private static void check(Plan plan, Task.Sample task) {
        List<PatchId> places = new ArrayList<>();
        for (RememberedPatch one : task.memory()) {
            PatchId place = place(task, one.columnOffset(), one.rowOffset());
            Set<PatchId> seen = new TreeSet<>(Comparator.comparing(PatchId::toString));
            for (short position : one.seen()) {
                assertThat(position).as("what was seen stands before").isLessThan((short) places.size());
                seen.add(places.get(position));
            }
            Set<PatchId> expected = new TreeSet<>(Comparator.comparing(PatchId::toString));
            int index = plan.graph().index(place);
            plan.graph().forEachRead(0, index, (stage, read) -> {
                PatchId other = plan.graph().patch(0, read);
                if (plan.graph().isContext(0, index, read)
                        && RememberedPatch.shareABlock(place.column(), place.row(), other.column(), other.row())) {
                    expected.add(other);
                }
            });
            assertThat(seen).as("what %s saw in its block", place).isEqualTo(expected);
            places.add(place);
        }
        for (ContextPatch context : task.context()) {
            assertThat(places).contains(place(task, context.columnOffset(), context.rowOffset()));
        }
        assertThat(places).doesNotHaveDuplicates().hasSizeLessThan(4 * LARGEST_BLOCK);
    }

    private static PatchId place(Task.Sample task, int columns, int rows) {
        return new PatchId(0, task.patch().column() + columns, task.patch().row() + rows, 0);
    }

    private static Plan plan(String direction) {
        Grid grid = new Grid(14, 9, 1);
        return Planner.plan(
                Specs.unconditional(64 * grid.columns(), 64 * grid.rows(), direction),
                Specs.RECURRENT_MODEL,
                Optional.empty());
    }
}
