package handscroll.worker.djl;

import java.util.Map;

/** The transformer's mathematics for one shape: its parameters and its compiled TorchScript. */
public final class TransformerNetwork implements AutoCloseable {

    private final TransformerShape shape;
    private final ParameterLayout layout;
    private final Script script;

    public TransformerNetwork(TransformerShape shape) {
        this.shape = shape;
        this.layout = shape.layout();
        this.script = Script.compile(
                "transformer.py",
                "Transformer",
                layout.scriptMethod("Transformer", "named"),
                Map.<String, Number>of(
                        "RECURRENT",
                        shape.isRecurrent() ? 1 : 0,
                        "PARALLEL",
                        shape.isParallel() ? 1 : 0,
                        "CODES",
                        shape.codes(),
                        "WIDTH",
                        shape.width(),
                        "HEADS",
                        shape.heads(),
                        "SCALE",
                        1 / Math.sqrt(shape.width() / (double) shape.heads()),
                        "ENCODER_LAYERS",
                        shape.encoderLayers(),
                        "LAYERS",
                        shape.layers(),
                        "KNOWS_LAYOUTS",
                        shape.knowsLayouts() ? 1 : 0,
                        "KNOWS_TEXTS",
                        shape.knowsTexts() ? 1 : 0));
    }

    public TransformerShape shape() {
        return shape;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Methods {@code learn}, {@code weigh}, {@code sample}, {@code sample_in_rounds}, {@code states} and {@code
     * recurrent_states}: see transformer.py. */
    public Script script() {
        return script;
    }

    @Override
    public void close() {
        script.close();
    }
}
