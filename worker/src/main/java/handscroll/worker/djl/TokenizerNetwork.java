package handscroll.worker.djl;

import java.util.Map;

/** The tokenizer's mathematics for one shape: its parameters and its compiled TorchScript. */
public final class TokenizerNetwork implements AutoCloseable {

    private final TokenizerShape shape;
    private final ParameterLayout layout;
    private final ParameterLayout criticLayout;
    private final Script script;

    public TokenizerNetwork(TokenizerShape shape) {
        this.shape = shape;
        this.layout = shape.layout();
        this.criticLayout = new ParameterLayout()
                .convolution("critic.half", 3, 32, 4, 1)
                .convolution("critic.quarter", 32, 64, 4, 1)
                .convolution("critic.eighth", 64, 128, 4, 1)
                .convolution("critic.out", 128, 1, 3, 0.5);
        this.script = Script.compile(
                "tokenizer.py",
                "Tokenizer",
                layout.scriptMethod("Tokenizer", "named") + criticLayout.scriptMethod("Tokenizer", "named_critic"),
                Map.of("FRAMES", 1 + shape.framesBefore()));
    }

    public TokenizerShape shape() {
        return shape;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** The parameters of the critic that the decoder is sharpened against; needed in training only. */
    public ParameterLayout criticLayout() {
        return criticLayout;
    }

    /** Methods {@code learn}, {@code move_codebook}, {@code to_tokens}, {@code to_pixels} and more: see tokenizer.py. */
    public Script script() {
        return script;
    }

    @Override
    public void close() {
        script.close();
    }
}
