package handscroll.worker.djl;

/**
 * The sizes of a transformer that draws patches of 8 x 8 tokens with context extent (2, 2, 0).
 *
 * @param codes entries of the tokenizer's codebook
 * @param width numbers a token's state holds
 * @param heads of each attention, a divisor of the width
 * @param layers of the decoder, which draws
 * @param encoderLayers which look at a finished patch once, for all patches that read it
 */
public record TransformerShape(int codes, int width, int heads, int layers, int encoderLayers) {

    /** Tokens along a patch's side. */
    public static final int PATCH_SIDE = 8;

    /** Tokens of a patch. */
    public static final int PATCH_TOKENS = PATCH_SIDE * PATCH_SIDE;

    /** Patches to each side that a patch looks. */
    public static final int EXTENT = 2;

    /** Numbers that tell a token row's height in the picture: sine and cosine of four frequencies. */
    public static final int HEIGHT_FEATURES = 8;

    /** The shipped size: 6.6 million parameters. */
    public static final TransformerShape STANDARD = new TransformerShape(512, 256, 8, 4, 2);

    /** The row of the offset table for a patch so far away, in patches. */
    public static int offsetRow(int columnOffset, int rowOffset) {
        return (rowOffset + EXTENT) * (2 * EXTENT + 1) + columnOffset + EXTENT;
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
                .normal("neighbour", 0.02, 8 * (codes + 1), width)
                .normal("position", 0.02, PATCH_TOKENS, width)
                .linear("vertical", HEIGHT_FEATURES, width, 0.05)
                .normal("encoder.token", 0.05, codes, width)
                .normal("encoder.position", 0.02, PATCH_TOKENS, width);
        for (int i = 0; i < encoderLayers; i++) {
            block(layout, "encoder." + i);
        }
        layout.norm("encoder.norm", width);
        for (int i = 0; i < layers; i++) {
            String name = "decoder." + i;
            block(layout, name);
            layout.linear(name + ".context", width, 2 * width, 0.04);
            layout.normal(name + ".offset", 0.1, (2 * EXTENT + 1) * (2 * EXTENT + 1), width);
            layout.normal(name + ".empty", 0.02, 1, 2, width);
        }
        layout.norm("head.norm", width);
        layout.linear("head", width, codes, 0.02);
        return layout;
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
