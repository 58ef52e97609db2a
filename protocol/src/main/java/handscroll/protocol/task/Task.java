package handscroll.protocol.task;

import handscroll.protocol.canvas.PatchId;
import java.util.List;

/**
 * The work on one cell of a stage, with everything it reads: a worker that just joined can do it.
 * Token and pixel arrays are handed over, not copied; whoever receives a task must not change them.
 */
public sealed interface Task {

    PatchId patch();

    /**
     * Turns known pixels into tokens.
     *
     * @param window the cell with the model's encoding margin on each side; what lies outside the
     *     picture repeats its border
     */
    record Encode(PatchId patch, PixelBlock window) implements Task {}

    /**
     * Draws a patch token by token.
     *
     * @param context the rendered patches of its context neighbourhood, in the order of the grid
     * @param topPosition where the patch begins on the model's vertical axis, 0 at the top of the
     *     picture that the model learned and 1 at its bottom
     * @param bottomPosition where it ends there
     * @param layout the tokens of the layout beneath it with {@link #LAYOUT_MARGIN} more on each side; what
     *     lies outside the canvas repeats its border. Empty for a patch that is drawn over none
     * @param memory for a recurrent model the patches of the context, and those that their states remember, each
     *     after all that it saw; empty for others
     * @param text which of the job's texts it follows, or {@link #NO_TEXT}
     */
    record Sample(
            PatchId patch,
            List<ContextPatch> context,
            double topPosition,
            double bottomPosition,
            TokenBlock layout,
            List<RememberedPatch> memory,
            int text)
            implements Task {

        /** How far a patch looks beyond its own piece of the layout, in tokens of the layout. */
        public static final int LAYOUT_MARGIN = 1;

        public static final int NO_TEXT = -1;

        public Sample {
            context = List.copyOf(context);
            memory = List.copyOf(memory);
        }

        /** One that follows no text. */
        public Sample(
                PatchId patch,
                List<ContextPatch> context,
                double topPosition,
                double bottomPosition,
                TokenBlock layout,
                List<RememberedPatch> memory) {
            this(patch, context, topPosition, bottomPosition, layout, memory, NO_TEXT);
        }

        /** One that needs no memory. */
        public Sample(
                PatchId patch,
                List<ContextPatch> context,
                double topPosition,
                double bottomPosition,
                TokenBlock layout) {
            this(patch, context, topPosition, bottomPosition, layout, List.of());
        }
    }

    /**
     * Draws the rest of a patch that the input picture covers in part. Tokens that it covers wholly are
     * those of its pixels, and the others are drawn to go on from them.
     *
     * @param window the cell with the model's encoding margin on each side, as in {@link Encode}
     * @param left the first known column of the patch's tokens, with {@code top} its first known row
     * @param right the column after the last known one, with {@code bottom} the row after the last
     */
    record Fill(Sample sample, PixelBlock window, int left, int top, int right, int bottom) implements Task {

        @Override
        public PatchId patch() {
            return sample.patch();
        }
    }

    /**
     * Turns tokens into the pixels of one output tile.
     *
     * @param window the tokens of the tile with the model's decoding margin on each side; what lies
     *     outside the canvas repeats its border. Empty where all of the tile is known
     * @param before the same window of the frames before, backwards, as far as the model looks and the video goes
     * @param widthPixels of the tile, less than the tile side at the right border of the canvas
     * @param heightPixels of the tile, less than the tile side at the lower border
     * @param known pixels of the input picture on this tile, which stay as they are
     */
    record Decode(
            PatchId patch,
            TokenBlock window,
            List<TokenBlock> before,
            int widthPixels,
            int heightPixels,
            KnownPixels known)
            implements Task {

        public Decode {
            before = List.copyOf(before);
        }

        /** A tile on which no pixel is known, and that is decoded for itself. */
        public Decode(PatchId patch, TokenBlock window, int widthPixels, int heightPixels) {
            this(patch, window, List.of(), widthPixels, heightPixels, KnownPixels.NONE);
        }

        /** Whether nothing is left to decode. */
        public boolean isKnown() {
            return known.pixels().widthPixels() == widthPixels && known.pixels().heightPixels() == heightPixels;
        }
    }

    /** Asks a worker to do nothing, as fast as it can; for measuring the farm itself. */
    record Idle(PatchId patch, int resultBytes) implements Task {}
}
