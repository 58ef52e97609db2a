package handscroll.worker.djl;

/**
 * The sizes of a tokenizer: a VQ autoencoder whose tokens cover 8 x 8 pixels.
 *
 * <p>The margins are the receptive fields, counted along the layers: cells that compute a crop with this
 * much around it get the same numbers as from the whole canvas.
 * Encoder, in pixels: kernel 4 stride 2 (1.5), residual at 1/2 (4), the same at 1/4 (3 + 8) and 1/8 (6 + 16) = 38.5.
 * Decoder, in tokens: 3x3 (1), residual at 1/8 (2), 3x3 and residual at 1/4 (0.5 + 1) and 1/2 (0.25 + 0.5), two 3x3 at
 * half and full resolution (0.25 + 0.125) = 5.625.
 *
 * @param codes entries of the codebook
 * @param dim numbers an entry holds
 * @param fullWidth channels of the decoder at full resolution
 * @param halfWidth channels at half resolution
 * @param quarterWidth channels at a quarter
 * @param eighthWidth channels at an eighth, the resolution of the tokens
 * @param framesBefore of a video, frames before its own whose tokens the decoder looks at
 */
public record TokenizerShape(
        int codes, int dim, int fullWidth, int halfWidth, int quarterWidth, int eighthWidth, int framesBefore) {

    /** Pixels along a token's side. */
    public static final int FACTOR = 8;

    /** Pixels around a crop that the encoder must see: a multiple of the factor above 38.5. */
    public static final int ENCODER_MARGIN_PIXELS = 48;

    /** Tokens around a crop that the decoder must see: above 5.625. */
    public static final int DECODER_MARGIN_TOKENS = 6;

    /** Frames before its own that the decoder of a video may look at. */
    public static final int MOST_FRAMES_BEFORE = 3;

    /** Begins the names of what looks at them. */
    static final String BEFORE = "decoder.before";

    /** The shipped size: 1.5 million parameters. */
    public static final TokenizerShape STANDARD = new TokenizerShape(512, 16, 24, 48, 96, 128);

    /** One that decodes each frame for itself. */
    public TokenizerShape(int codes, int dim, int fullWidth, int halfWidth, int quarterWidth, int eighthWidth) {
        this(codes, dim, fullWidth, halfWidth, quarterWidth, eighthWidth, 0);
    }

    /** The same, with a decoder that looks at the tokens of so many frames before. */
    public TokenizerShape guidedBy(int frames) {
        return new TokenizerShape(codes, dim, fullWidth, halfWidth, quarterWidth, eighthWidth, frames);
    }

    /** Where each parameter lies; the encoder's come first. The codebook is kept beside it. */
    ParameterLayout layout() {
        ParameterLayout layout = new ParameterLayout();
        layout.convolution("encoder.half", 3, halfWidth, 4, 1);
        residual(layout, "encoder.half.residual", halfWidth);
        layout.convolution("encoder.quarter", halfWidth, quarterWidth, 4, 1);
        residual(layout, "encoder.quarter.residual", quarterWidth);
        layout.convolution("encoder.eighth", quarterWidth, eighthWidth, 4, 1);
        residual(layout, "encoder.eighth.residual", eighthWidth);
        layout.convolution("encoder.out", eighthWidth, dim, 1, 0.7);
        layout.convolution("decoder.eighth", dim, eighthWidth, 3, 1);
        residual(layout, "decoder.eighth.residual", eighthWidth);
        layout.convolution("decoder.quarter", eighthWidth, quarterWidth, 3, 0.7);
        residual(layout, "decoder.quarter.residual", quarterWidth);
        layout.convolution("decoder.half", quarterWidth, halfWidth, 3, 0.7);
        residual(layout, "decoder.half.residual", halfWidth);
        layout.convolution("decoder.full", halfWidth, 4 * fullWidth, 3, 1);
        layout.convolution("decoder.out", fullWidth, 3, 3, 0.5);
        if (framesBefore > 0) {
            layout.convolution(BEFORE, (1 + framesBefore) * dim, eighthWidth, 3, 1);
            layout.convolution(BEFORE + ".out", eighthWidth, eighthWidth, 1, 0);
        }
        return layout;
    }

    private static void residual(ParameterLayout layout, String name, int width) {
        layout.convolution(name + ".1", width, width, 3, 1);
        layout.convolution(name + ".2", width, width, 3, 0.2);
    }
}
