package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.protocol.model.ModelShelf;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.train.TrainingPlan;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The model that learning begins with, if any. */
final class StartingModelOptions {

    @Option(
            names = "--tokenizer-of",
            paramLabel = "MODEL",
            description = "Take over this model's tokenizer instead of learning one.")
    private Optional<String> tokenizerOf = Optional.empty();

    @Option(
            names = "--start-from",
            paramLabel = "MODEL",
            description = "Take over this model's tokenizer, and its transformer as far as the sizes agree.")
    private Optional<String> startFrom = Optional.empty();

    @Option(
            names = "--learn-tokenizer",
            description =
                    "With --start-from: learn its tokenizer on, for pictures of another kind, instead of keeping it.")
    private boolean learnTokenizer;

    @Option(
            names = "--learn-decoder",
            description =
                    "With --start-from: learn nothing but how its tokens become pixels, for all of the time; the rest"
                            + " stays as it is.")
    private boolean learnDecoder;

    void check(List<Problem> problems) {
        if (startFrom.isPresent() && tokenizerOf.isPresent()) {
            problems.add(new Problem("--start-from", "takes over the tokenizer, too", "leave out --tokenizer-of"));
        }
        if (learnTokenizer && startFrom.isEmpty()) {
            problems.add(new Problem(
                    "--learn-tokenizer", "learns on what --start-from names", "name a model with --start-from"));
        }
        if (learnDecoder && startFrom.isEmpty()) {
            problems.add(new Problem(
                    "--learn-decoder",
                    "learns the decoder of what --start-from names",
                    "name a model with --start-from"));
        }
        if (learnDecoder && learnTokenizer) {
            problems.add(new Problem("--learn-tokenizer", "learns the decoder, too", "leave out --learn-decoder"));
        }
    }

    private TrainingPlan.Learned learned() {
        if (learnDecoder) {
            return TrainingPlan.Learned.DECODER;
        }
        return learnTokenizer ? TrainingPlan.Learned.ALL : TrainingPlan.Learned.TRANSFORMER;
    }

    /** Whether a decoder is learned, and not taken over as it is. */
    boolean learnsDecoder() {
        return learnDecoder || learnTokenizer || startFrom.isEmpty() && tokenizerOf.isEmpty();
    }

    /** Whether nothing else is. */
    boolean learnsDecoderOnly() {
        return learnDecoder;
    }

    /** Reads the model; adds to the problems where nothing can begin with it. */
    Optional<TrainingPlan.Base> read(ModelShelf shelf, List<Problem> problems) {
        return startFrom.or(() -> tokenizerOf).map(name -> {
            ModelDirectory model = ModelDirectory.load(shelf.find(name));
            if (model.tokenizer().codes() != TransformerShape.STANDARD.codes()) {
                problems.add(new Problem(
                        name,
                        "has " + model.tokenizer().codes() + " codes, not " + TransformerShape.STANDARD.codes(),
                        "begin with a model of this version"));
            }
            return new TrainingPlan.Base(name, model, startFrom.isPresent(), learned());
        });
    }
}
