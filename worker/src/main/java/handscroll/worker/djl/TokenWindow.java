package handscroll.worker.djl;

import handscroll.protocol.task.ContextPatch;
import java.util.Arrays;
import java.util.List;

/** The tokens in and around a patch: [10, 10], the patch's own 8 x 8 in the middle. Written in place, into arrays of a batch. */
final class TokenWindow {

    static final int SIDE = TransformerShape.PATCH_SIDE + 2;
    static final int TOKENS = SIDE * SIDE;

    /** What a token sees of its own frame, and of one before: the place in the middle is its own. */
    private static final int NINE = 9;

    private static final int OWN_PLACE = 4;

    /** Writes what is known around a patch from its context, and {@code unknown} elsewhere. */
    static void surround(List<ContextPatch> context, int unknown, long[] windows, int at) {
        Arrays.fill(windows, at, at + TOKENS, unknown);
        for (ContextPatch seen : context) {
            if (seen.frameOffset() == 0 && distance(seen) == 1) {
                surround(seen.columnOffset(), seen.rowOffset(), seen.tokens(), windows, at);
            }
        }
    }

    /** Writes as much of a patch, so many columns and rows away, as lies in the window. */
    static void surround(int columns, int rows, short[] tokens, long[] windows, int at) {
        for (int r = 0; r < TransformerShape.PATCH_SIDE; r++) {
            for (int c = 0; c < TransformerShape.PATCH_SIDE; c++) {
                int y = rows * TransformerShape.PATCH_SIDE + r + 1;
                int x = columns * TransformerShape.PATCH_SIDE + c + 1;
                if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) {
                    windows[at + y * SIDE + x] = tokens[r * TransformerShape.PATCH_SIDE + c];
                }
            }
        }
    }

    /** Where token {@code m} of the patch stands in its window. */
    static int inner(int m) {
        return (m / TransformerShape.PATCH_SIDE + 1) * SIDE + m % TransformerShape.PATCH_SIDE + 1;
    }

    /** The eight tokens around token {@code m} that were known when it was drawn, in a window without the patch itself. */
    static void lookAround(long[] window, short[] own, int m, long[] neighbours, int at) {
        int side = TransformerShape.PATCH_SIDE;
        for (int place = 0; place < NINE; place++) {
            if (place == OWN_PLACE) {
                continue;
            }
            int r = m / side + place / 3 - 1;
            int c = m % side + place % 3 - 1;
            boolean inside = r >= 0 && r < side && c >= 0 && c < side;
            boolean earlier = inside && place < OWN_PLACE;
            neighbours[at + place - (place > OWN_PLACE ? 1 : 0)] =
                    earlier ? own[r * side + c] : window[(r + 1) * SIDE + c + 1];
        }
    }

    /** Writes what each token sees of the frames before: [64, frames * 9] with {@code unknown} where nothing is known. */
    static void lookBack(List<ContextPatch> context, int unknown, int frames, long[] before, int at) {
        long[] window = new long[TOKENS];
        for (int back = 1; back <= frames; back++) {
            Arrays.fill(window, unknown);
            for (ContextPatch seen : context) {
                boolean isThere = seen.frameOffset() == -back
                        && Math.abs(seen.columnOffset()) <= 1
                        && Math.abs(seen.rowOffset()) <= 1;
                if (isThere) {
                    surround(seen.columnOffset(), seen.rowOffset(), seen.tokens(), window, 0);
                }
            }
            for (int m = 0; m < TransformerShape.PATCH_TOKENS; m++) {
                int first = at + (m * frames + back - 1) * NINE;
                for (int place = 0; place < NINE; place++) {
                    int r = m / TransformerShape.PATCH_SIDE + place / 3;
                    before[first + place] = window[r * SIDE + m % TransformerShape.PATCH_SIDE + place % 3];
                }
            }
        }
    }

    /** How far away a patch is in space or in time, whichever is more. */
    static int distance(ContextPatch seen) {
        int inFrame = Math.max(Math.abs(seen.columnOffset()), Math.abs(seen.rowOffset()));
        return Math.max(inFrame, -seen.frameOffset());
    }

    private TokenWindow() {}
}
