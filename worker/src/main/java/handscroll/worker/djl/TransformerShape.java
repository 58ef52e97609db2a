package handscroll.worker.djl;

import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.RelativePositions;
import handscroll.worker.text.TextStates;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a transformer that draws patches of 8 x 8 tokens looks like: its sizes and its kind.
 *
 * @param codes entries of the tokenizer's codebook
 * @param width numbers a token's state holds
 * @param heads of each attention, a divisor of the width
 * @param layers of the decoder, which draws
 * @param encoderLayers which look at a finished patch once, for all patches that read it; 0 where states are
 *     recurrent
 * @param knowsLayouts whether it can draw a patch over a layout {@link #LAYOUT_FACTOR} times smaller
 * @param context what a patch sees of others
 * @param decoding how the tokens of a patch come about
 * @param knowsTexts whether what is drawn can follow a text
 */
public record TransformerShape(
        int codes,
        int width,
        int heads,
        int layers,
        int encoderLayers,
        boolean knowsLayouts,
        Context context,
        Decoding decoding,
        boolean knowsTexts) {

    /** Tokens along a patch's side. */
    public static final int PATCH_SIDE = 8;

    /** Tokens of a patch. */
    public static final int PATCH_TOKENS = PATCH_SIDE * PATCH_SIDE;

    /** The most patches to each side that a patch can look. */
    public static final int LARGEST_EXTENT = 2;

    /** The most frames that a patch can look back. */
    public static final int LARGEST_FRAMES = 3;

    /** Frames of a clip that a model of videos learns from: the last of them sees as many as it ever will. */
    public static final int CLIP_FRAMES = LARGEST_FRAMES + 1;

    private static final int MOST_FRAMES_BEFORE = 2;

    /** How many times smaller a layout is than the canvas that is drawn over it. */
    public static final int LAYOUT_FACTOR = 4;

    /** Side of what a patch sees of its layout: the tokens beneath it, and one more on each side. */
    public static final int LAYOUT_SIDE = PATCH_SIDE / LAYOUT_FACTOR + 2;

    /** Numbers that tell a token row's height in the picture: sine and cosine of four frequencies. */
    public static final int HEIGHT_FEATURES = 8;

    /** Numbers that a token's code is looked up as. */
    static final int CODE_WIDTH = 64;

    /** The shipped size: 5 million parameters. */
    public static final TransformerShape STANDARD = new TransformerShape(512, 256, 8, 4, 1, true);

    /** Between the two: what a video of a few hundred small frames needs. */
    public static final TransformerShape MEDIUM = new TransformerShape(512, 192, 6, 4, 1, true);

    /** A fifth of it, for comparing kinds of models in minutes. */
    public static final TransformerShape SMALL = new TransformerShape(512, 128, 4, 3, 1, true);

    /**
     * What a patch sees of others.
     *
     * @param extent patches to each side that it looks, up to {@link #LARGEST_EXTENT}
     * @param frames that it looks back; 0 for a model of pictures
     * @param states what it attends to
     * @param positions where it learns how far away they lie
     */
    public record Context(int extent, int frames, ContextStates states, RelativePositions positions) {

        private static final Context SHIPPED =
                new Context(LARGEST_EXTENT, 0, ContextStates.ENCODED, RelativePositions.KEYS);

        public Context {
            if (extent < 0 || extent > LARGEST_EXTENT) {
                throw new IllegalArgumentException("an extent is 0 to " + LARGEST_EXTENT + ", not " + extent);
            }
            if (frames < 0 || frames > LARGEST_FRAMES) {
                throw new IllegalArgumentException(
                        "a patch looks 0 to " + LARGEST_FRAMES + " frames back, not " + frames);
            }
            if (states == ContextStates.RECURRENT && frames > 0) {
                throw new IllegalArgumentException("recurrent states remember no frames");
            }
        }
    }

    /** The shipped kind: encoded states, token by token, the paper's extent. */
    public TransformerShape(int codes, int width, int heads, int layers, int encoderLayers, boolean knowsLayouts) {
        this(codes, width, heads, layers, encoderLayers, knowsLayouts, Context.SHIPPED, Decoding.AUTOREGRESSIVE, false);
    }

    public TransformerShape {
        boolean isRecurrent = context.states() == ContextStates.RECURRENT;
        if (isRecurrent && decoding == Decoding.PARALLEL) {
            throw new IllegalArgumentException("recurrent states are made in the order of tokens, not in rounds");
        }
        if (context.frames() > 0 && knowsLayouts) {
            throw new IllegalArgumentException("videos are drawn over no layout");
        }
        if (isRecurrent && knowsLayouts) {
            throw new IllegalArgumentException("recurrent states remember no layouts");
        }
        if (isRecurrent && knowsTexts) {
            throw new IllegalArgumentException("recurrent states remember no texts");
        }
    }

    public int extent() {
        return context.extent();
    }

    public int frames() {
        return context.frames();
    }

    public ContextStates states() {
        return context.states();
    }

    /**
     * Room for patches at a distance, the farther of those in the frame and in time: half a ring of the own frame
     * where patches come in the order of a sweep, and all that is as far away in the frames before.
     */
    public int slots(int distance, boolean wholeRing) {
        int extent = context.extent();
        int frames = context.frames();
        int ring = distance > extent ? 0 : 8 * distance;
        int slots = wholeRing ? ring : ring / 2;
        int close = 2 * Math.min(extent, 1) + 1;
        int across = 2 * extent + 1;
        if (distance == 1) {
            return slots + (frames > 0 ? close * close : 0);
        }
        return slots + (frames > 0 ? across * across - close * close : 0) + Math.max(0, frames - 1) * across * across;
    }

    /** How many of the frames before each token looks at directly, where it stands and around. */
    public int framesBefore() {
        return Math.min(context.frames(), MOST_FRAMES_BEFORE);
    }

    /** The same sizes for videos: a patch looks so many frames back. */
    public TransformerShape withFrames(int framesBack) {
        return with(new Context(context.extent(), framesBack, context.states(), context.positions()));
    }

    /** The same, learning elsewhere how far away other patches lie. */
    public TransformerShape withPositions(RelativePositions positions) {
        return with(new Context(context.extent(), context.frames(), context.states(), positions));
    }

    private TransformerShape with(Context other) {
        return new TransformerShape(
                codes, width, heads, layers, encoderLayers, knowsLayouts, other, decoding, knowsTexts);
    }

    public boolean isRecurrent() {
        return context.states() == ContextStates.RECURRENT;
    }

    public boolean isParallel() {
        return decoding == Decoding.PARALLEL;
    }

    /** Whether a learned offset is a number for each head on the map of attention, and no vector on the keys. */
    public boolean placesOnMap() {
        return context.positions() == RelativePositions.MAP;
    }

    /** The same sizes as another kind of model. */
    public TransformerShape as(int otherExtent, ContextStates otherStates, Decoding otherDecoding, boolean layouts) {
        int encoders = otherStates == ContextStates.RECURRENT ? 0 : encoderLayers;
        var other = new Context(otherExtent, context.frames(), otherStates, context.positions());
        return new TransformerShape(codes, width, heads, layers, encoders, layouts, other, otherDecoding, knowsTexts);
    }

    /** The same, drawing what a text says. */
    public TransformerShape told() {
        return new TransformerShape(codes, width, heads, layers, encoderLayers, knowsLayouts, context, decoding, true);
    }

    /** The row of the offset table for a patch so far away, in patches and frames. */
    public int offsetRow(int columnOffset, int rowOffset, int frameOffset) {
        int extent = context.extent();
        int across = 2 * extent + 1;
        return (-frameOffset * across + rowOffset + extent) * across + columnOffset + extent;
    }

    /** That of a patch of the same frame. */
    public int offsetRow(int columnOffset, int rowOffset) {
        return offsetRow(columnOffset, rowOffset, 0);
    }

    /** Writes sine and cosine of a height, 0 at the top of the picture and 1 at its bottom, from {@code at} on. */
    public static void heightFeatures(double height, float[] features, int at) {
        for (int i = 0; i < HEIGHT_FEATURES / 2; i++) {
            double angle = Math.PI * height * (1 << i);
            features[at + 2 * i] = (float) StrictMath.sin(angle);
            features[at + 2 * i + 1] = (float) StrictMath.cos(angle);
        }
    }

    ParameterLayout layout() {
        ParameterLayout layout = new ParameterLayout()
                .normal("code", 0.3, codes + 1, CODE_WIDTH)
                .linear("around", 8 * CODE_WIDTH, width, 0.04)
                .normal("position", 0.02, PATCH_TOKENS, width)
                .linear("vertical", HEIGHT_FEATURES, width, 0.05);
        if (!isRecurrent()) {
            layout.linear("encoder.code", CODE_WIDTH, width, 0.1).normal("encoder.position", 0.02, PATCH_TOKENS, width);
            for (int i = 0; i < encoderLayers; i++) {
                block(layout, "encoder." + i);
            }
            layout.norm("encoder.norm", width);
        }
        if (isRecurrent() || isParallel()) {
            layout.linear("own", CODE_WIDTH, width, 0.04);
        }
        int places = (frames() + 1) * (2 * extent() + 1) * (2 * extent() + 1);
        for (int i = 0; i < layers; i++) {
            String name = "decoder." + i;
            block(layout, name);
            if (!isRecurrent()) {
                layout.linear(name + ".context", width, 2 * width, 0.04);
            }
            layout.normal(name + ".offset", 0.1, places, placesOnMap() ? heads : width);
            layout.normal(name + ".empty", 0.02, 1, 2, width);
            if (knowsTexts) {
                layout.norm(name + ".norm3", width)
                        .linear(name + ".asks", width, width, 0.04)
                        .linear(name + ".told", TextStates.WIDTH, 2 * width, 0.08)
                        .normal(name + ".untold", 0.02, 1, 1, 2 * width)
                        .linear(name + ".heard", width, width, 0.04 / Math.sqrt(2.0 * layers));
            }
        }
        layout.norm("head.norm", width);
        layout.normal("head.shared", 0.02, CODE_WIDTH, width);
        layout.normal("head.own", 0.002, codes, width);
        layout.constant("head.bias", 0, codes);
        if (knowsLayouts) {
            // From three by three tokens of the layout to each quarter of what the middle one lies beneath.
            layout.linear("layout", 9 * CODE_WIDTH, 4 * width, 0.02);
        }
        if (frames() > 0) {
            layout.linear("before", framesBefore() * 9 * CODE_WIDTH, width, 0.04);
        }
        return layout;
    }

    /**
     * Random weights, except for what is known before the first step: codes start as the tokenizer's own
     * vectors and the bias of the head as their frequencies.
     *
     * @param codebook of the tokenizer, [codes, dim]
     * @param counts how often each code occurs
     */
    public float[] initial(RandomGenerator random, float[] codebook, long[] counts) {
        ParameterLayout layout = layout();
        float[] flat = layout.initial(random);
        int dim = codebook.length / codes;
        int code = layout.offset("code");
        for (int k = 0; k < Math.min(dim, CODE_WIDTH); k++) {
            double sum = 0;
            double squares = 0;
            for (int c = 0; c < codes; c++) {
                sum += codebook[c * dim + k];
                squares += codebook[c * dim + k] * codebook[c * dim + k];
            }
            double mean = sum / codes;
            double deviation = Math.sqrt(squares / codes - mean * mean) + 1e-9;
            for (int c = 0; c < codes; c++) {
                flat[code + c * CODE_WIDTH + k] = (float) ((codebook[c * dim + k] - mean) / deviation);
            }
        }
        long total = Arrays.stream(counts).sum();
        int bias = layout.offset("head.bias");
        for (int c = 0; c < codes; c++) {
            flat[bias + c] = (float) Math.log((counts[c] + 1.0) / (total + codes) * codes);
        }
        return flat;
    }

    private void block(ParameterLayout layout, String name) {
        double residual = 0.04 / Math.sqrt(2.0 * layers);
        layout.norm(name + ".norm1", width)
                .linear(name + ".qkv", width, 3 * width, 0.04)
                .linear(name + ".out", width, width, residual)
                .norm(name + ".norm2", width)
                .linear(name + ".widen", width, 4 * width, 0.04)
                .linear(name + ".narrow", 4 * width, width, residual);
    }
}
