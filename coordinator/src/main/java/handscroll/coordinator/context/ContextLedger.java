package handscroll.coordinator.context;

import handscroll.coordinator.plan.PatchGraph;
import handscroll.protocol.canvas.PatchId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Knows whose tokens and whose states somebody still needs: the paper's Remove, for patches that are
 * rendered in any order. A patch's tokens are needed until all that read it are rendered, its states
 * on the workers until all of its own stage are: later stages read tokens alone.
 *
 * <p>Takes four bytes a cell of each stage that is read, and a bit for every cell.
 */
public final class ContextLedger {

    private final PatchGraph graph;
    private final List<Readers> stages;
    private int tokensHeld;
    private int tokensHeldPeak;
    private int statesHeld;
    private int statesHeldPeak;

    /** Counts the readers of every cell. */
    public ContextLedger(PatchGraph graph) {
        this.graph = graph;
        this.stages = IntStream.range(0, graph.stages().size())
                .mapToObj(stage -> new Readers(graph, stage))
                .toList();
    }

    /**
     * Notes that a cell was rendered, in any order; a second time changes nothing.
     *
     * @return the rendered patches that nobody needs from now on, each of them once
     */
    public Released rendered(int stage, int index) {
        Readers own = stages.get(stage);
        var tokens = new ArrayList<PatchId>();
        var states = new ArrayList<PatchId>();
        if (own.rendered.get(index)) {
            return new Released(tokens, states);
        }
        own.rendered.set(index);
        tokensHeld += own.isReadByAny(index) ? 1 : 0;
        statesHeld += own.isReadByItsStage(index) ? 1 : 0;
        tokensHeldPeak = Math.max(tokensHeldPeak, tokensHeld);
        statesHeldPeak = Math.max(statesHeldPeak, statesHeld);
        if (own.isRead && !own.isReadByItsStage(index)) {
            states.add(graph.patch(stage, index));
        }
        if (own.isRead && !own.isReadByAny(index)) {
            tokens.add(graph.patch(stage, index));
        }

        graph.forEachRead(stage, index, (readStage, read) -> {
            Readers readers = stages.get(readStage);
            if (readStage == stage
                    && graph.isContext(stage, index, read)
                    && --readers.inItsStage[read] == 0
                    && readers.rendered.get(read)) {
                statesHeld--;
                states.add(graph.patch(readStage, read));
            }
            if (--readers.inAll[read] == 0 && readers.rendered.get(read)) {
                tokensHeld--;
                tokens.add(graph.patch(readStage, read));
            }
        });
        return new Released(tokens, states);
    }

    /** Rendered patches whose tokens are still to be read. */
    public int tokensHeld() {
        return tokensHeld;
    }

    public int tokensHeldPeak() {
        return tokensHeldPeak;
    }

    /** Rendered patches whose states are still to be attended to: the size of the nearby context pool. */
    public int statesHeld() {
        return statesHeld;
    }

    public int statesHeldPeak() {
        return statesHeldPeak;
    }

    /**
     * @param tokens patches that no cell of any stage reads any more
     * @param states patches that no cell of their own stage reads any more
     */
    public record Released(List<PatchId> tokens, List<PatchId> states) {
        public Released {
            tokens = List.copyOf(tokens);
            states = List.copyOf(states);
        }
    }

    /** How many readers of each cell of one stage are not rendered yet. */
    private static final class Readers {
        private final boolean isRead;
        private final char[] inAll;
        private final char[] inItsStage;
        private final BitSet rendered;

        Readers(PatchGraph graph, int stage) {
            int cellCount = graph.cellCount(stage);
            this.isRead = graph.isRead(stage);
            this.inAll = new char[isRead ? cellCount : 0];
            this.inItsStage = new char[isRead ? cellCount : 0];
            this.rendered = new BitSet(cellCount);
            for (int index = 0; index < inAll.length; index++) {
                int read = index;
                graph.forEachReader(stage, index, (reader, cell) -> {
                    inAll[read]++;
                    if (reader == stage && graph.isContext(stage, cell, read)) {
                        inItsStage[read]++;
                    }
                });
            }
        }

        boolean isReadByAny(int index) {
            return isRead && inAll[index] > 0;
        }

        boolean isReadByItsStage(int index) {
            return isRead && inItsStage[index] > 0;
        }
    }
}
