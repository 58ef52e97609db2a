package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.train.FilmCut;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What of a video is learned. */
final class FilmOptions {

    /** Frames of a video are held in memory while it is learned. */
    private static final int MOST_FRAMES = 5000;

    @Option(
            names = "--frames",
            paramLabel = "FIRST-LAST",
            description = "Of a video, the frames to learn from, counted from 0; by default all of them.")
    private Optional<String> frames = Optional.empty();

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "3",
            description = "Of a video, one frame of so many follows the other: 3 makes 8 frames a second of 24.")
    private int every;

    @Option(
            names = "--height",
            paramLabel = "PIXELS",
            defaultValue = "192",
            description = "Of a video, the height that its frames are made small to.")
    private int height;

    @Option(
            names = "--frames-before",
            paramLabel = "N",
            description = "Of a video, how many frames before its own a frame is decoded from, 0 to "
                    + TokenizerShape.MOST_FRAMES_BEFORE + "; by default 0.")
    private Optional<Integer> framesBefore = Optional.empty();

    /** @param learnsDecoder whether a decoder is learned that can look at other frames than before */
    void checkFramesBefore(boolean isVideo, boolean learnsDecoder, List<Problem> problems) {
        if (framesBefore.isEmpty()) {
            return;
        }
        if (!isVideo) {
            problems.add(new Problem("--frames-before", "is for videos", "leave it out, or say --task video"));
        }
        if (!learnsDecoder) {
            problems.add(new Problem(
                    "--frames-before", "needs a decoder that is learned", "add --learn-decoder or --learn-tokenizer"));
        }
        if (framesBefore.get() < 0 || framesBefore.get() > TokenizerShape.MOST_FRAMES_BEFORE) {
            problems.add(new Problem(
                    "--frames-before", "is " + framesBefore.get(), "give 0 to " + TokenizerShape.MOST_FRAMES_BEFORE));
        }
    }

    /** A tokenizer whose decoder looks back as far as it shall. */
    TokenizerShape shape(TokenizerShape begun) {
        return framesBefore.map(begun::guidedBy).orElse(begun);
    }

    void check(List<Problem> problems) {
        Optional<FrameSpan> span = span();
        if (span.isEmpty()) {
            problems.add(new Problem("--frames", "is \"" + frames.orElse("") + "\"", "give two numbers, as in 30-284"));
        }
        if (span.filter(given -> given.first() >= given.last() || given.last() - given.first() > MOST_FRAMES)
                .isPresent()) {
            problems.add(new Problem(
                    "--frames",
                    "is " + frames.orElse(""),
                    "the first comes before the last, and there are at most " + MOST_FRAMES));
        }
        if (every < 1) {
            problems.add(new Problem("--every", "is " + every, "give at least 1"));
        }
        if (height < FilmCut.SMALLEST_HEIGHT_PIXELS || height % 2 != 0) {
            problems.add(new Problem(
                    "--height", "is " + height, "give an even number of at least " + FilmCut.SMALLEST_HEIGHT_PIXELS));
        }
    }

    /** Of options that {@link #check} found nothing wrong with. */
    FilmCut cut() {
        FrameSpan span = span().orElseThrow();
        return new FilmCut(span.first(), span.last(), every, height);
    }

    private Optional<FrameSpan> span() {
        return FrameSpan.parse(frames.orElse("0-" + MOST_FRAMES));
    }
}
