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
                Map.<String, Number>ofEntries(
                        Map.entry("RECURRENT", shape.isRecurrent() ? 1 : 0),
                        Map.entry("PARALLEL", shape.isParallel() ? 1 : 0),
                        Map.entry("ON_MAP", shape.placesOnMap() ? 1 : 0),
                        Map.entry("CODES", shape.codes()),
                        Map.entry("WIDTH", shape.width()),
                        Map.entry("HEADS", shape.heads()),
                        Map.entry("SCALE", 1 / Math.sqrt(shape.width() / (double) shape.heads())),
                        Map.entry("ENCODER_LAYERS", shape.encoderLayers()),
                        Map.entry("LAYERS", shape.layers()),
                        Map.entry("KNOWS_LAYOUTS", shape.knowsLayouts() ? 1 : 0),
                        Map.entry("KNOWS_TEXTS", shape.knowsTexts() ? 1 : 0),
                        Map.entry("BEFORE", shape.framesBefore())));
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
