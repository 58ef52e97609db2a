package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.RelativePositions;
import handscroll.worker.djl.TransformerShape;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What kind of model is learned. */
final class ModelKindOptions {

    @Option(
            names = "--context",
            paramLabel = "KIND",
            defaultValue = "encoded",
            description = "What patches attend to of those around them: encoded (an encoder's view of their tokens) or"
                    + " recurrent (the inputs of all layers when they were drawn); by default encoded.")
    private ContextStates states = ContextStates.ENCODED;

    @Option(
            names = "--positions",
            paramLabel = "PLACE",
            defaultValue = "keys",
            description =
                    "Where patches learn how far away those around them lie: on the keys (a vector for each place)"
                            + " or on the map of attention (a number for each place and head); by default keys.")
    private RelativePositions positions = RelativePositions.KEYS;

    @Option(
            names = "--decoding",
            paramLabel = "KIND",
            defaultValue = "autoregressive",
            description = "How a patch is drawn: autoregressive (token by token) or parallel (in some ten rounds); by"
                    + " default autoregressive.")
    private Decoding decoding = Decoding.AUTOREGRESSIVE;

    @Option(
            names = "--extent",
            paramLabel = "PATCHES",
            description = "How many patches to each side a patch looks, 0 to 2; by default 2, in videos 1.")
    private Optional<Integer> extent = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "standard, medium, or small: a fifth of it, to compare kinds of models in minutes; by default"
                    + " standard, of videos medium.")
    private Optional<Size> size = Optional.empty();

    @Option(
            names = "--no-layouts",
            description = "Do not learn to draw tall canvases over a layout; all time goes into the rest.")
    private boolean noLayouts;

    private enum Size {
        STANDARD(TransformerShape.STANDARD),
        MEDIUM(TransformerShape.MEDIUM),
        SMALL(TransformerShape.SMALL);

        private final TransformerShape shape;

        Size(TransformerShape shape) {
            this.shape = shape;
        }
    }

    void check(boolean isVideo, boolean isTold, boolean learnsPatches, List<Problem> problems) {
        if (extent.filter(far -> far < 0 || far > TransformerShape.LARGEST_EXTENT)
                .isPresent()) {
            problems.add(new Problem("--extent", "is " + extent.get(), "give 0 to " + TransformerShape.LARGEST_EXTENT));
        }
        if (states != ContextStates.RECURRENT) {
            return;
        }
        if (decoding == Decoding.PARALLEL) {
            problems.add(new Problem(
                    "--context",
                    "recurrent needs --decoding autoregressive",
                    "leave out --decoding: its states are made token by token"));
        }
        if (isVideo) {
            problems.add(new Problem(
                    "--context", "recurrent is for pictures", "leave it out: its states remember no frames"));
        } else if (!noLayouts) {
            problems.add(
                    new Problem("--context", "recurrent needs --no-layouts", "add it: its states remember no layout"));
        }
        if (learnsPatches) {
            problems.add(new Problem(
                    "--context",
                    "recurrent needs --loss accumulated",
                    "leave out --loss: its states follow from all patches before"));
        }
        if (isTold) {
            problems.add(new Problem(
                    "--context", "recurrent goes without --captions", "leave them out: its states remember no texts"));
        }
    }

    TransformerShape shape(boolean isVideo, boolean isTold) {
        TransformerShape sized = size.orElse(isVideo ? Size.MEDIUM : Size.STANDARD).shape;
        TransformerShape shape = isVideo
                ? sized.as(extent.orElse(1), states, decoding, false).withFrames(TransformerShape.LARGEST_FRAMES)
                : sized.as(extent.orElse(TransformerShape.LARGEST_EXTENT), states, decoding, !noLayouts);
        TransformerShape placed = shape.withPositions(positions);
        return isTold ? placed.told() : placed;
    }
}
