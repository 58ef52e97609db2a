package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import handscroll.worker.djl.TokenizerNetwork;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A stock of token grids of varied pictures, renewed one by one: what the transformer learns from.
 *
 * <p>Each variant is mirrored or not, scaled, stretched a little and shifted by less than a token, so that
 * hardly any token comes out twice and the transformer cannot learn a small picture by heart. A part of them
 * comes with a layout: the same picture smaller, over which it shall be drawn.
 */
final class TokenGrids implements AutoCloseable {

    private static final int STOCK = 256;
    private static final double WITH_LAYOUT = 0.4;
    /** Close to the picture's own: a model that knows how large a moon is also knows where it ends. */
    private static final double SMALLEST_SCALE = 0.85;

    private static final double LARGEST_SCALE = 1.1;
    /** Up to a layout of the picture's own scale, which is what a tall canvas is drawn over. */
    private static final double LARGEST_SCALE_WITH_LAYOUT = TransformerShape.LAYOUT_FACTOR;

    private static final double MOST_STRETCH = 1.06;
    /** How many clips keep their size. */
    private static final double AS_IT_IS = 0.4;

    private static final double AFTER_A_CUT = 0.2;

    private static final double LARGEST_CLIP_SCALE = 1.12;
    /** Of larger variants a piece is taken. */
    private static final int LARGEST_SIDE_PIXELS = 1280;

    private static final long BFLOAT16 = 15;

    private final TokenizerNetwork network;
    private final List<Example> examples;
    private final List<Example> heldOut;
    private final boolean knowsLayouts;
    private final Random random;
    private final NDManager manager;
    private final NDArray weights;
    private final NDArray codebook; // [codes, dim]
    private final Optional<Film> film;
    private final List<Clip> grids = new ArrayList<>();
    private List<Example> from;
    private boolean clipsHeldOut;

    /** @param heldOut pictures that are never learned from; where there are none, variants of the others are held out */
    TokenGrids(
            NDManager parent,
            TokenizerNetwork network,
            float[] weights,
            float[] codes,
            List<Example> examples,
            List<Example> heldOut,
            Optional<Film> film,
            boolean knowsLayouts,
            long seed) {
        this.film = film;
        this.network = network;
        this.examples = examples;
        this.heldOut = heldOut;
        this.from = examples;
        this.knowsLayouts = knowsLayouts;
        this.random = new Random(seed);
        this.manager = parent.newSubManager();
        this.weights = manager.create(weights);
        this.codebook = manager.create(
                codes, new Shape(network.shape().codes(), network.shape().dim()));
    }

    /** Empties the stock and goes on with other draws. */
    void restart(long seed) {
        clipsHeldOut = false;
        grids.clear();
        random.setSeed(seed);
        from = examples;
    }

    /** The same with variants that must not be learned from. */
    void restartHeldOut(long seed) {
        restart(seed);
        from = heldOut.isEmpty() ? examples : heldOut;
        clipsHeldOut = true;
    }

    /** Adds a variant, in place of another one when the stock is full. */
    void renew() {
        if (grids.size() < STOCK) {
            grids.add(next());
        } else {
            grids.set(random.nextInt(STOCK), next());
        }
    }

    private Clip next() {
        return film.map(this::clip).orElseGet(() -> Clip.of(variant()));
    }

    Clip draw(Random by) {
        return grids.get(by.nextInt(grids.size()));
    }

    /** How often each code occurs in the stock. */
    long[] counts(int codes) {
        long[] counts = new long[codes];
        for (Clip clip : grids) {
            for (TokenGrid grid : clip.frames()) {
                for (short token : grid.tokens()) {
                    counts[token]++;
                }
            }
        }
        return counts;
    }

    /**
     * Frames that follow each other, all scaled and shifted by the same. Never mirrored: a camera that moves shows
     * its way, and a small model need not know the other one. Where texts tell shots apart, some clips begin with
     * frames of another shot: a story goes on with what its next sentence says.
     */
    private Clip clip(Film of) {
        int count = TransformerShape.CLIP_FRAMES;
        Shot shot = anyShot(of);
        List<Picture> frames = new ArrayList<>(cut(shot, of.every()));
        boolean afterACut = of.isTold() && !clipsHeldOut && random.nextDouble() < AFTER_A_CUT;
        int askedFrom = afterACut ? 1 + random.nextInt(count - 1) : 0;
        if (afterACut) {
            List<Picture> before = cut(anyShot(of), of.every());
            for (int i = 0; i < askedFrom; i++) {
                frames.set(i, before.get(count - askedFrom + i));
            }
        }
        int patch = TransformerShape.PATCH_SIDE * TokenizerShape.FACTOR;
        boolean asItIs = random.nextDouble() < AS_IT_IS;
        double scale = asItIs ? 1 : Math.pow(LARGEST_CLIP_SCALE, random.nextDouble());
        int width = (int) Math.round(frames.get(0).width() * scale);
        int height = (int) Math.round(frames.get(0).height() * scale);
        int left = random.nextInt(TokenizerShape.FACTOR);
        int top = random.nextInt(Math.min(TokenizerShape.FACTOR, height % patch + 1));
        List<TokenGrid> grids = new ArrayList<>();
        for (Picture frame : frames) {
            grids.add(encode(asItIs ? frame : frame.resized(width, height), left, top)
                    .saying(shot.captions()));
        }
        return new Clip(grids, askedFrom);
    }

    /** Each as often as there are clips in it. */
    private Shot anyShot(Film of) {
        int[] counts = of.shots().stream()
                .mapToInt(shot -> starts(shot, of.every()).length)
                .toArray();
        int at = random.nextInt(Arrays.stream(counts).sum());
        int shot = 0;
        while (at >= counts[shot]) {
            at -= counts[shot++];
        }
        return of.shots().get(shot);
    }

    private List<Picture> cut(Shot shot, int every) {
        int[] starts = starts(shot, every);
        return shot.clip(starts[random.nextInt(starts.length)], TransformerShape.CLIP_FRAMES, every);
    }

    private int[] starts(Shot shot, int every) {
        return shot.clipStarts(TransformerShape.CLIP_FRAMES, every, clipsHeldOut);
    }

    private TokenGrid variant() {
        Example example = from.get(random.nextInt(from.size()));
        Picture picture = example.picture();
        boolean hasLayout = knowsLayouts && random.nextDouble() < WITH_LAYOUT;
        double largest = hasLayout ? LARGEST_SCALE_WITH_LAYOUT : LARGEST_SCALE;
        double scale = SMALLEST_SCALE * Math.pow(largest / SMALLEST_SCALE, random.nextDouble());
        double stretch = Math.pow(MOST_STRETCH, 2 * random.nextDouble() - 1);
        double across = scale * stretch;
        double down = scale / stretch;
        int width = Math.min(picture.width(), (int) (LARGEST_SIDE_PIXELS / across));
        int height = Math.min(picture.height(), (int) (LARGEST_SIDE_PIXELS / down));
        int x = random.nextInt(picture.width() - width + 1);
        int y = random.nextInt(picture.height() - height + 1);
        Picture varied = picture.cut(x, y, width, height)
                .resized(
                        Math.max(Picture.SMALLEST_SIDE_PIXELS, (int) Math.round(width * across)),
                        Math.max(Picture.SMALLEST_SIDE_PIXELS, (int) Math.round(height * down)));
        if (random.nextBoolean()) {
            varied = varied.mirrored();
        }
        int left = random.nextInt(TokenizerShape.FACTOR);
        int top = random.nextInt(TokenizerShape.FACTOR);
        TokenGrid grid = encode(varied, left, top)
                .within((double) y / picture.height(), (double) height / picture.height())
                .saying(example.captions());
        return hasLayout ? grid.over(layout(varied, left, top)) : grid;
    }

    /** The layout that a picture would have been drawn over. */
    private TokenGrid layout(Picture picture, int left, int top) {
        int factor = TransformerShape.LAYOUT_FACTOR;
        int token = factor * TokenizerShape.FACTOR;
        int width = (picture.width() - left) / token * token;
        int height = (picture.height() - top) / token * token;
        return encode(picture.cut(left, top, width, height).resized(width / factor, height / factor), 0, 0);
    }

    /** The tokens of a picture without its first {@code left} columns and {@code top} rows of pixels. */
    TokenGrid encode(Picture picture, int left, int top) {
        int factor = TokenizerShape.FACTOR;
        int margin = TokenizerShape.ENCODER_MARGIN_PIXELS;
        int columns = (picture.width() - left) / factor;
        int rows = (picture.height() - top) / factor;
        int width = columns * factor + 2 * margin;
        int height = rows * factor + 2 * margin;
        float[] planes = new float[3 * width * height];
        picture.cropInto(planes, 0, left - margin, top - margin, width, height);
        try (NDManager call = manager.newSubManager()) {
            NDArray pixels = call.create(planes, new Shape(1, 3, height, width));
            long edge = margin / factor;
            NDArray inner = network.script()
                    .call(call, "to_tokens", weights, codebook, pixels, BFLOAT16)
                    .singletonOrThrow()
                    .get("0,{}:{},{}:{}", edge, edge + rows, edge, edge + columns); // [rows, columns]
            int[] found = inner.toType(DataType.INT32, false).toIntArray();
            short[] tokens = new short[found.length];
            for (int i = 0; i < found.length; i++) {
                tokens[i] = (short) found[i];
            }
            return new TokenGrid(
                    columns, rows, tokens, (double) top / picture.height(), (double) factor / picture.height());
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
