package handscroll.worker.djl;

/** The tokenizer's mathematics for one shape: its parameters and its compiled TorchScript. */
public final class TokenizerNetwork implements AutoCloseable {

    private final TokenizerShape shape;
    private final ParameterLayout layout;
    private final Script script;

    public TokenizerNetwork(TokenizerShape shape) {
        this.shape = shape;
        this.layout = shape.layout();
        this.script = Script.compile("tokenizer.py", "Tokenizer", layout.scriptMethod("Tokenizer"));
    }

    public TokenizerShape shape() {
        return shape;
    }

    public ParameterLayout layout() {
        return layout;
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
