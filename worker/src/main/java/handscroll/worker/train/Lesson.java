package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.task.Task;
import handscroll.worker.djl.Rounds;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.text.TextStates;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One crop of a token grid, or of the frames of a clip, cut into patches, with the order they are to be drawn in and what each of them
 * may see: the input of one teacher-forced pass over all patches.
 *
 * <p>Three of four lessons follow one of the paper's four orders; the rest draw any order, so
 * that extension to all sides and orders of constant depth work with the same weights. Some patches are
 * hidden from all others, sometimes a whole side is, and some tokens are replaced by wrong ones: a model
 * that only ever saw the truth loses its way once it made a mistake.
 */
final class Lesson {

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;
    /** Patches to a side of a lesson from a clip, which has some frames of them. */
    private static final int VIDEO_SIDE = 3;

    private static final double ANY_ORDER = 0.2;
    private static final double HALTON_ORDER = 0.5;

    /** Marks a target that cross entropy leaves out. */
    private static final int NOT_ASKED = -100;

    /** How often a lesson shows less than there is, or something else. */
    record Disturbance(
            double hiddenPatches, double hiddenSide, double wrongTokens, double wrongLayoutTokens, double untold) {

        /** What makes a model robust against its own mistakes. */
        static final Disturbance TO_LEARN = new Disturbance(0.08, 0.2, 0.04, 0.08, 0.15);

        /** The same for videos: what a frame takes over from the one before adds up. */
        static final Disturbance TO_LEARN_VIDEO = new Disturbance(0.04, 0.1, 0.08, 0, 0.15);

        /** The truth and nothing else. */
        static final Disturbance NONE = new Disturbance(0, 0, 0, 0, 0);
    }

    private static final double HEIGHT_DEVIATION = 0.03;
    private static final double STRETCHED = 0.5;
    private static final double MOST_STRETCH = 6;

    private final TransformerShape shape;
    private final int codes;
    private final Disturbance disturbance;
    private final Random random;
    private final int columns;
    private final int rows;
    private final int frames;
    private final int askedFrom; // the first frame that is to be learned
    private final short[] truth; // the crop's tokens, row by row over the whole crop, frame by frame
    private final short[] seen; // the same with wrong ones among them
    private final double[] heights; // of each token row
    private final short[] layouts; // what each patch sees of the layout, one after the other; -1 for nothing
    private final int[] rank; // when a patch is drawn
    private final boolean[] hidden;
    private final boolean anyOrder;
    private final int[] sequence; // the patches as the tensors list them
    private final long[] levelSizes; // how many of them, one after the other, do not see each other
    private final TextStates text;
    private final boolean[] known; // what is known of patches that are drawn in rounds, over the whole crop
    private int hiddenColumn; // context this many columns or rows away is hidden where it is not 0
    private int hiddenRow;

    /** Draws a lesson from a picture. */
    Lesson(TokenGrid grid, TransformerShape shape, Disturbance disturbance, Random random) {
        this(Clip.of(grid), shape, disturbance, random);
    }

    /** Draws a lesson from frames that follow each other, or from one picture, for a model of that shape. */
    Lesson(Clip clip, TransformerShape shape, Disturbance disturbance, Random random) {
        TokenGrid grid = clip.last();
        frames = clip.frames().size();
        askedFrom = clip.askedFrom();
        this.shape = shape;
        this.codes = shape.codes();
        this.disturbance = disturbance;
        this.random = random;
        boolean isVideo = shape.frames() > 0;
        columns = Math.min(isVideo ? VIDEO_SIDE : 4 + random.nextInt(3), grid.columns() / SIDE);
        rows = Math.min(isVideo ? VIDEO_SIDE : 4 + random.nextInt(2), grid.rows() / SIDE);
        // As on a canvas: the corner of a patch lies at the corner of a token of the layout.
        int step = grid.layout().isPresent() ? TransformerShape.LAYOUT_FACTOR : 1;
        int left = step * random.nextInt((grid.columns() - columns * SIDE) / step + 1);
        int top = step * random.nextInt((grid.rows() - rows * SIDE) / step + 1);
        truth = new short[patchCount() * TOKENS];
        seen = new short[truth.length];
        for (int line = 0; line < frames * rows * SIDE; line++) {
            short[] tokens = clip.frames().get(line / (rows * SIDE)).tokens();
            int y = line % (rows * SIDE);
            for (int x = 0; x < columns * SIDE; x++) {
                int at = line * columns * SIDE + x;
                truth[at] = tokens[(top + y) * grid.columns() + left + x];
                seen[at] = random.nextDouble() < disturbance.wrongTokens() ? (short) random.nextInt(codes) : truth[at];
            }
        }
        heights = heights(grid, top);
        layouts = layouts(grid, left, top);
        hidden = new boolean[patchCount()];
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = random.nextDouble() < disturbance.hiddenPatches();
        }
        if (random.nextDouble() < disturbance.hiddenSide()) {
            int sign = random.nextBoolean() ? 1 : -1;
            if (random.nextBoolean()) {
                hiddenColumn = sign;
            } else {
                hiddenRow = sign;
            }
        }
        anyOrder = random.nextDouble() < ANY_ORDER;
        rank = frameByFrame(
                anyOrder
                        ? LessonOrder.any(random, columns, rows)
                        : LessonOrder.named(random.nextInt(LessonOrder.NAMED_COUNT), columns, rows));
        int[] level = shape.isRecurrent() ? levels() : new int[patchCount()];
        Integer[] byLevel = new Integer[level.length];
        Arrays.setAll(byLevel, patch -> patch);
        Arrays.sort(byLevel, Comparator.comparingInt(patch -> level[patch])); // stable
        sequence = Arrays.stream(byLevel).mapToInt(Integer::intValue).toArray();
        levelSizes = new long[Arrays.stream(level).max().orElse(0) + 1];
        Arrays.stream(level).forEach(one -> levelSizes[one]++);
        known = shape.isParallel() ? knownInRounds() : new boolean[0];
        text = shape.knowsTexts() ? text(grid) : TextStates.NONE;
    }

    /** One of the captions; sometimes none, for pictures of which nothing is said and for guidance. */
    private TextStates text(TokenGrid grid) {
        boolean untold = grid.captions().isEmpty() || random.nextDouble() < disturbance.untold();
        return untold
                ? TextStates.NONE
                : grid.captions().get(random.nextInt(grid.captions().size()));
    }

    private int patchCount() {
        return columns * rows * frames;
    }

    private int columnOf(int patch) {
        return patch % columns;
    }

    private int rowOf(int patch) {
        return patch / columns % rows;
    }

    private int frameOf(int patch) {
        return patch / (columns * rows);
    }

    /** The order of one frame, in one frame after the other. */
    private int[] frameByFrame(int[] inFrame) {
        int[] result = new int[patchCount()];
        for (int patch = 0; patch < result.length; patch++) {
            result[patch] = frameOf(patch) * inFrame.length + inFrame[patch % inFrame.length];
        }
        return result;
    }

    /** The first round of an ideal farm that could draw each patch: one more than the last of those it sees. */
    private int[] levels() {
        int[] byRank = new int[rank.length];
        for (int patch = 0; patch < rank.length; patch++) {
            byRank[rank[patch]] = patch;
        }
        int[] level = new int[rank.length];
        for (int patch : byRank) {
            for (int dy = -shape.extent(); dy <= shape.extent(); dy++) {
                for (int dx = -shape.extent(); dx <= shape.extent(); dx++) {
                    if (knows(patch, dx, dy, 0)) {
                        level[patch] = Math.max(level[patch], level[patch + dy * columns + dx] + 1);
                    }
                }
            }
        }
        return level;
    }

    /**
     * What is known already of each patch that is drawn in rounds, over the whole crop: any number of tokens
     * from none to all but one, the first of the order that is rendered in or any others.
     */
    private boolean[] knownInRounds() {
        boolean[] result = new boolean[truth.length];
        for (int patch = 0; patch < patchCount(); patch++) {
            long[] order = Rounds.order();
            if (disturbance == Disturbance.NONE || random.nextDouble() >= HALTON_ORDER) {
                for (int i = TOKENS - 1; i > 0; i--) {
                    int other = random.nextInt(i + 1);
                    long swapped = order[i];
                    order[i] = order[other];
                    order[other] = swapped;
                }
            }
            int count = random.nextInt(TOKENS);
            for (int k = 0; k < count; k++) {
                result[at(patch, (int) order[k])] = true;
            }
        }
        return result;
    }

    /** Where token {@code m} of a patch lies in the crop. */
    private int at(int patch, int m) {
        return line(patch, m / SIDE) * columns * SIDE + columnOf(patch) * SIDE + m % SIDE;
    }

    /** The line of the crop, whose frames lie below each other, that holds row {@code r} of a patch, or one beside it. */
    private int line(int patch, int r) {
        return (frameOf(patch) * rows + rowOf(patch)) * SIDE + r;
    }

    /** The windows of the layout beneath the patches, some of their tokens wrong as a drawn layout's may be. */
    private short[] layouts(TokenGrid grid, int left, int top) {
        int side = TransformerShape.LAYOUT_SIDE;
        int beneath = SIDE / TransformerShape.LAYOUT_FACTOR;
        short[] result = new short[patchCount() * side * side];
        if (grid.layout().isEmpty()) {
            Arrays.fill(result, (short) -1);
            return result;
        }
        for (int patch = 0; patch < columns * rows; patch++) {
            int column = left / TransformerShape.LAYOUT_FACTOR + patch % columns * beneath - Task.Sample.LAYOUT_MARGIN;
            int row = top / TransformerShape.LAYOUT_FACTOR + patch / columns * beneath - Task.Sample.LAYOUT_MARGIN;
            short[] window = grid.layout().get().window(column, row, side).tokens();
            for (int k = 0; k < window.length; k++) {
                boolean wrong = random.nextDouble() < disturbance.wrongLayoutTokens();
                result[patch * window.length + k] = wrong ? (short) random.nextInt(codes) : window[k];
            }
        }
        return result;
    }

    /**
     * Heights are blurred a little, and often squeezed, as on a canvas taller than the picture; always over a
     * layout, which is for such canvases.
     */
    private double[] heights(TokenGrid grid, int top) {
        double shift = HEIGHT_DEVIATION * random.nextGaussian();
        boolean stretched = grid.layout().isPresent() || shape.frames() == 0 && random.nextDouble() < STRETCHED;
        double slope = stretched ? Math.pow(MOST_STRETCH, -random.nextDouble()) : 1;
        double middle = grid.top() + (top + rows * SIDE / 2.0) * grid.rowHeight();
        double[] result = new double[rows * SIDE];
        for (int y = 0; y < result.length; y++) {
            double height = grid.top() + (top + y + 0.5) * grid.rowHeight();
            result[y] = shift + middle + (height - middle) * slope;
        }
        return result;
    }

    private boolean knows(int patch, int columnOffset, int rowOffset, int frameOffset) {
        if (-frameOffset > shape.frames() || frameOf(patch) + frameOffset < 0) {
            return false;
        }
        if (Math.max(Math.abs(columnOffset), Math.abs(rowOffset)) > shape.extent()) {
            return false;
        }
        int c = columnOf(patch) + columnOffset;
        int r = rowOf(patch) + rowOffset;
        if (c < 0 || c >= columns || r < 0 || r >= rows) {
            return false;
        }
        boolean isBeside = hiddenColumn != 0 && Integer.signum(columnOffset) == hiddenColumn
                || hiddenRow != 0 && Integer.signum(rowOffset) == hiddenRow;
        if (frameOffset == 0 && isBeside) {
            return false;
        }
        int other = ((frameOf(patch) + frameOffset) * rows + r) * columns + c;
        return rank[other] < rank[patch] && !hidden[other];
    }

    /** The patches that are to be learned, in the order they are drawn in. */
    int[] inOrder() {
        return Arrays.stream(sequence)
                .filter(patch -> frameOf(patch) >= askedFrom)
                .boxed()
                .sorted(Comparator.comparingInt(patch -> rank[patch]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The tensors that {@code learn} of transformer.py takes after the weights. */
    NDArray[] tensors(NDManager owner) {
        return tensors(owner, sequence, sequence);
    }

    /** The same for one patch alone and for those that it sees, which are not recurrent. */
    NDArray[] tensors(NDManager owner, int patch) {
        int[] alone = {patch};
        return tensors(
                owner,
                alone,
                IntStream.concat(IntStream.of(patch), seenFrom(patch)).toArray());
    }

    /** The patches that one may see when it is drawn. */
    IntStream seenFrom(int patch) {
        return IntStream.range(0, patchCount())
                .filter(other -> other != patch
                        && knows(
                                patch,
                                columnOf(other) - columnOf(patch),
                                rowOf(other) - rowOf(patch),
                                frameOf(other) - frameOf(patch)));
    }

    /**
     * @param drawn the patches that are learned
     * @param shown those whose states they may see
     */
    private NDArray[] tensors(NDManager owner, int[] drawn, int[] shown) {
        int count = drawn.length;
        long[] inputs = new long[shown.length * TOKENS];
        long[] targets = new long[count * TOKENS];
        long[] neighbours = new long[count * TOKENS * 8];
        float[] vertical = new float[count * SIDE * TransformerShape.HEIGHT_FEATURES];
        long[] own = new long[count * TOKENS];
        long[] layout = new long[count * layouts.length / patchCount()];
        int perToken = shape.framesBefore() * 9;
        long[] before = new long[count * TOKENS * perToken];
        int window = layouts.length / patchCount();
        for (int i = 0; i < shown.length; i++) {
            for (int m = 0; m < TOKENS; m++) {
                inputs[i * TOKENS + m] = seen[at(shown[i], m)];
            }
        }
        for (int i = 0; i < count; i++) {
            int patch = drawn[i];
            for (int m = 0; m < TOKENS; m++) {
                int at = at(patch, m);
                boolean isKnown = known.length > 0 && known[at];
                targets[i * TOKENS + m] = isKnown || frameOf(patch) < askedFrom ? NOT_ASKED : truth[at];
                own[i * TOKENS + m] = isKnown ? seen[at] : codes;
                lookAround(patch, m, neighbours, (i * TOKENS + m) * 8);
                lookBack(patch, m, before, (i * TOKENS + m) * perToken);
            }
            for (int r = 0; r < SIDE; r++) {
                TransformerShape.heightFeatures(
                        heights[rowOf(patch) * SIDE + r], vertical, (i * SIDE + r) * TransformerShape.HEIGHT_FEATURES);
            }
            for (int k = 0; k < window; k++) {
                short code = layouts[patch * window + k];
                layout[i * window + k] = code < 0 ? codes : code;
            }
        }
        float[] told = new float[TextStates.MOST * TextStates.WIDTH];
        float[] toldBias = new float[TextStates.MOST];
        text.fill(told, toldBias, 0);
        NDArray[] near = slots(owner, 1, drawn, shown);
        NDArray[] far = slots(owner, 2, drawn, shown);
        return new NDArray[] {
            owner.create(inputs, new Shape(shown.length, TOKENS)),
            owner.create(targets, new Shape(count, TOKENS)),
            owner.create(neighbours, new Shape(count, TOKENS, 8)),
            owner.create(vertical, new Shape(count, SIDE, TransformerShape.HEIGHT_FEATURES)),
            owner.create(layout, new Shape(count, (long) TransformerShape.LAYOUT_SIDE * TransformerShape.LAYOUT_SIDE)),
            near[0],
            near[1],
            near[2],
            far[0],
            far[1],
            far[2],
            owner.create(own, new Shape(count, TOKENS)),
            owner.create(levelSizes),
            owner.create(told, new Shape(1, TextStates.MOST, TextStates.WIDTH)),
            owner.create(toldBias, new Shape(1, TextStates.MOST)),
            owner.create(before, new Shape(count, TOKENS, perToken))
        };
    }

    /** The eight tokens around token {@code m} of a patch, row by row; {@code codes} where not known yet. */
    private void lookAround(int patch, int m, long[] neighbours, int at) {
        for (int place = 0; place < 9; place++) {
            if (place == 4) {
                continue;
            }
            int r = m / SIDE + place / 3 - 1;
            int c = m % SIDE + place % 3 - 1;
            int rowOffset = Math.floorDiv(r, SIDE);
            int columnOffset = Math.floorDiv(c, SIDE);
            boolean inside = rowOffset == 0 && columnOffset == 0;
            boolean isKnown = inside ? knowsOwn(patch, r * SIDE + c, place) : knows(patch, columnOffset, rowOffset, 0);
            int x = columnOf(patch) * SIDE + c;
            int y = line(patch, r);
            neighbours[at + place - (place > 4 ? 1 : 0)] = isKnown ? seen[y * columns * SIDE + x] : codes;
        }
    }

    /** The nine tokens at and around the place of token {@code m} in each of the frames before. */
    private void lookBack(int patch, int m, long[] before, int at) {
        for (int back = 1; back <= shape.framesBefore(); back++) {
            for (int place = 0; place < 9; place++) {
                int r = m / SIDE + place / 3 - 1;
                int c = m % SIDE + place % 3 - 1;
                boolean isKnown = knows(patch, Math.floorDiv(c, SIDE), Math.floorDiv(r, SIDE), -back);
                int x = columnOf(patch) * SIDE + c;
                int y = line(patch, r) - back * rows * SIDE;
                before[at + (back - 1) * 9 + place] = isKnown ? seen[y * columns * SIDE + x] : codes;
            }
        }
    }

    /** Whether a patch knows its own token {@code m} when it draws the one that has it at this place around it. */
    private boolean knowsOwn(int patch, int m, int place) {
        return shape.isParallel() ? known[at(patch, m)] : place < 4;
    }

    /** Indices [P, s], rows of the offset table [P, s] and bias [P, s] of the context at this distance. */
    private NDArray[] slots(NDManager owner, int distance, int[] drawn, int[] shown) {
        int count = drawn.length;
        int slots = shape.slots(distance, anyOrder);
        int[] number = new int[patchCount()]; // of each patch among the tensors; a recurrent model counts from 1
        for (int i = 0; i < shown.length; i++) {
            number[shown[i]] = shape.isRecurrent() ? i + 1 : i;
        }
        long[] indices = new long[count * slots];
        long[] offsets = new long[count * slots];
        float[] bias = new float[count * slots];
        Arrays.fill(bias, Float.NEGATIVE_INFINITY);
        int extent = shape.extent();
        for (int i = 0; i < count; i++) {
            int patch = drawn[i];
            int slot = i * slots;
            for (int back = shape.frames(); back >= 0; back--) {
                for (int dy = -extent; dy <= extent; dy++) {
                    for (int dx = -extent; dx <= extent; dx++) {
                        int away = Math.max(Math.max(Math.abs(dx), Math.abs(dy)), back);
                        // Far is all that is not near.
                        if (Math.min(away, 2) == distance && knows(patch, dx, dy, -back)) {
                            indices[slot] = number[patch + (dy - back * rows) * columns + dx];
                            offsets[slot] = shape.offsetRow(dx, dy, -back);
                            bias[slot++] = 0;
                        }
                    }
                }
            }
        }
        Shape shape = new Shape(count, slots);
        return new NDArray[] {owner.create(indices, shape), owner.create(offsets, shape), owner.create(bias, shape)};
    }
}
