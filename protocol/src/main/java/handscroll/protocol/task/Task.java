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
     */
    record Sample(
            PatchId patch, List<ContextPatch> context, double topPosition, double bottomPosition, TokenBlock layout)
            implements Task {

        /** How far a patch looks beyond its own piece of the layout, in tokens of the layout. */
        public static final int LAYOUT_MARGIN = 1;

        public Sample {
            context = List.copyOf(context);
        }
    }

    /**
     * Turns tokens into the pixels of one output tile.
     *
     * @param window the tokens of the tile with the model's decoding margin on each side; what lies
     *     outside the canvas repeats its border
     * @param widthPixels of the tile, less than the tile side at the right border of the canvas
     * @param heightPixels of the tile, less than the tile side at the lower border
     */
    record Decode(PatchId patch, TokenBlock window, int widthPixels, int heightPixels) implements Task {}

    /** Asks a worker to do nothing, as fast as it can; for measuring the farm itself. */
    record Idle(PatchId patch, int resultBytes) implements Task {}
}
