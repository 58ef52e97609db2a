package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.text.TextStates;
import java.util.Arrays;
import java.util.List;

/** What the network is told of each patch of a batch beside its context's states, written patch by patch. */
final class PatchInputs {

    /** Stands for a token that is to be drawn, in a patch of which some are known. */
    static final short UNKNOWN = -1;

    /** Numbers that say how high a patch lies. */
    static final int HEIGHTS = TransformerShape.PATCH_SIDE * TransformerShape.HEIGHT_FEATURES;

    /** Tokens of the layout under a patch. */
    static final int LAYOUT = TransformerShape.LAYOUT_SIDE * TransformerShape.LAYOUT_SIDE;

    private static final int TOKENS = TransformerShape.PATCH_TOKENS;

    private final int codes;
    private final int framesBefore;
    private final int count;
    private final long[] windows;
    private final float[] heights;
    private final long[] layouts;
    private final float[] texts;
    private final float[] textBias;
    private final long[] before;

    PatchInputs(TransformerShape shape, int count) {
        this.codes = shape.codes();
        this.framesBefore = shape.framesBefore();
        this.count = count;
        windows = new long[count * TokenWindow.TOKENS];
        heights = new float[count * HEIGHTS];
        layouts = new long[count * LAYOUT];
        texts = new float[count * TextStates.MOST * TextStates.WIDTH];
        textBias = new float[count * TextStates.MOST];
        before = new long[count * TOKENS * framesBefore * 9];
    }

    /** Writes patch number {@code i}. */
    void put(int i, Task.Sample task, TextStates text) {
        TokenWindow.surround(task.context(), codes, windows, i * TokenWindow.TOKENS);
        heights(task.topPosition(), task.bottomPosition(), heights, i);
        lay(task.layout(), i * LAYOUT);
        TokenWindow.lookBack(task.context(), codes, framesBefore, before, i * TOKENS * framesBefore * 9);
        text.fill(texts, textBias, i);
    }

    /** Known tokens of patch number {@code i} are seen by those around them from the start. */
    void show(int i, short[] known) {
        for (int m = 0; m < TOKENS; m++) {
            if (known[m] != UNKNOWN) {
                windows[i * TokenWindow.TOKENS + TokenWindow.inner(m)] = known[m];
            }
        }
    }

    /** What a patch sees of its layout, and {@code codes} where there is none. */
    private void lay(TokenBlock layout, int at) {
        if (layout.tokens().length == 0) {
            Arrays.fill(layouts, at, at + LAYOUT, codes);
            return;
        }
        int side = TransformerShape.LAYOUT_SIDE;
        if (layout.columns() != side || layout.rows() != side) {
            throw new IllegalArgumentException("a patch came with " + layout.columns() + " x " + layout.rows()
                    + " tokens of its layout, not " + side + " x " + side);
        }
        for (int k = 0; k < LAYOUT; k++) {
            layouts[at + k] = layout.tokens()[k];
        }
    }

    /** Windows, heights, layouts, texts and what is there of them, and frames before: the arguments of the network. */
    List<Object> arrays(NDManager owner) {
        return List.of(
                owner.create(windows, new Shape(count, TokenWindow.SIDE, TokenWindow.SIDE)),
                heights(owner, heights, count),
                owner.create(layouts, new Shape(count, LAYOUT)),
                owner.create(texts, new Shape(count, TextStates.MOST, TextStates.WIDTH)),
                owner.create(textBias, new Shape(count, TextStates.MOST)),
                owner.create(before, new Shape(count, TOKENS, framesBefore * 9L)));
    }

    static NDArray heights(NDManager owner, float[] heights, int count) {
        return owner.create(heights, new Shape(count, TransformerShape.PATCH_SIDE, TransformerShape.HEIGHT_FEATURES));
    }

    /** Writes the heights of the token rows of patch number {@code i}. */
    static void heights(double top, double bottom, float[] heights, int i) {
        int side = TransformerShape.PATCH_SIDE;
        for (int r = 0; r < side; r++) {
            double share = (r + 0.5) / side;
            TransformerShape.heightFeatures(
                    top + share * (bottom - top), heights, (i * side + r) * TransformerShape.HEIGHT_FEATURES);
        }
    }
}
