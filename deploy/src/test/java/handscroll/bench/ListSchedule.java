package handscroll.bench;

import handscroll.coordinator.plan.PatchGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How long the first stage of a graph takes a farm that knows every time beforehand and says everything in no time: whoever is
 * free takes the ready patch with the longest path of others behind it. Where few patches are ready, at a sweep's begin and end, it
 * has idle workers too, which max(work / P, critical path) does not know.
 */
final class ListSchedule {

    private record Running(long end, int index) {}

    private final PatchGraph graph;
    private final long[] own;
    private final long[] behind;
    private final int[] missing;

    /** @param nanos of each cell of the first stage */
    ListSchedule(PatchGraph graph, long[] nanos) {
        this.graph = graph;
        this.own = nanos;
        this.behind = new long[nanos.length];
        this.missing = new int[nanos.length];
        List<Integer> ordered = new ArrayList<>(nanos.length);
        graph.forEachCell(0, (stage, index) -> {
            ordered.add(index);
            graph.forEachRead(0, index, (readStage, read) -> missing[index]++);
        });
        for (int at = ordered.size() - 1; at >= 0; at--) {
            int index = ordered.get(at);
            behind[index] += own[index];
            graph.forEachRead(0, index, (stage, read) -> behind[read] = Math.max(behind[read], behind[index]));
        }
    }

    long nanos(int workerCount) {
        int[] waitsFor = Arrays.copyOf(missing, missing.length);
        Comparator<Integer> longestBehind = Comparator.comparingLong(index -> -behind[index]);
        PriorityQueue<Integer> ready = new PriorityQueue<>(longestBehind.thenComparing(Comparator.naturalOrder()));
        for (int index = 0; index < waitsFor.length; index++) {
            if (waitsFor[index] == 0) {
                ready.add(index);
            }
        }
        PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingLong(Running::end));
        long now = 0;
        while (!ready.isEmpty() || !running.isEmpty()) {
            while (!ready.isEmpty() && running.size() < workerCount) {
                int next = ready.remove();
                running.add(new Running(now + own[next], next));
            }
            Running first = running.remove();
            now = first.end();
            graph.forEachReader(0, first.index(), (stage, reader) -> {
                if (stage == 0 && --waitsFor[reader] == 0) {
                    ready.add(reader);
                }
            });
        }
        return now;
    }
}
