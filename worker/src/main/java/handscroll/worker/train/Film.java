package handscroll.worker.train;

import handscroll.protocol.job.Problem;
import handscroll.protocol.video.VideoFile;
import handscroll.worker.text.TextEncoder;
import handscroll.worker.text.TextStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A video to learn from: its shots, small.
 *
 * @param shots one for each span of frames of which a table says something, or one of all frames
 * @param every how many of its frames lie between two that follow each other for the model, one of them included
 */
record Film(List<Shot> shots, int every) {

    private static final Pattern SPAN = Pattern.compile("([0-9]{1,7})-([0-9]{1,7})");

    Film {
        shots = List.copyOf(shots);
    }

    /**
     * Reads a video, or a directory of pictures in the order of their names.
     *
     * @param captions of spans of frames, as {@code 30-284}
     * @param shortest frames of the model's clips
     * @param problems gets what keeps it from being learned from
     */
    static Film read(Path path, FilmCut cut, Captions captions, int shortest, List<Problem> problems)
            throws IOException {
        List<Picture> frames = new ArrayList<>();
        if (Files.isDirectory(path)) {
            readDirectory(path, cut, frames, problems);
        } else {
            var video = VideoFile.open(path, problems);
            if (video.isPresent()) {
                int width = video.get().widthAt(cut.heightPixels());
                video.get()
                        .forEachFrame(
                                cut.first(),
                                cut.last(),
                                width,
                                cut.heightPixels(),
                                frame -> frames.add(new Picture(width, cut.heightPixels(), frame.rgb())));
            }
        }
        List<Shot> shots = new ArrayList<>();
        int needed = (shortest - 1) * cut.every() + 1;
        if (captions instanceof Captions.Written table) {
            new TreeMap<>(table.byFile()).forEach((span, said) -> {
                List<TextStates> told =
                        said.stream().map(TextEncoder.instance()::encode).toList();
                shots.add(Shot.of(span(span, frames, cut, problems), needed, told));
            });
        } else {
            shots.add(Shot.of(frames, needed, List.of()));
        }
        for (Shot shot : shots) {
            if (problems.isEmpty() && !shot.isLongEnough(needed)) {
                problems.add(new Problem(
                        path.toString(),
                        "has " + shot.frames().size() + " frames in a span, too few for clips of " + shortest
                                + " with every " + cut.every() + "th and some held out",
                        "give more, or a smaller --every"));
            }
        }
        return new Film(shots, cut.every());
    }

    /** The frames of a span, which counts as the cut does: from the video's first frame. */
    private static List<Picture> span(String span, List<Picture> frames, FilmCut cut, List<Problem> problems) {
        Matcher numbers = SPAN.matcher(span);
        if (!numbers.matches()) {
            problems.add(new Problem("--captions", "\"" + span + "\" is no span of frames", "write: 30-284, a meadow"));
            return List.of();
        }
        int first = Integer.parseInt(numbers.group(1)) - cut.first();
        int end = Integer.parseInt(numbers.group(2)) - cut.first() + 1;
        if (first < 0 || end > frames.size() || first >= end) {
            problems.add(new Problem(
                    "--captions",
                    "frames " + span + " are not among " + cut.first() + "-" + (cut.first() + frames.size() - 1)
                            + ", which are learned",
                    "correct the table, or --frames"));
            return List.of();
        }
        return frames.subList(first, end);
    }

    /** The files of a directory of frames, in the order of their names. */
    static List<Path> framesIn(Path directory) throws IOException {
        try (Stream<Path> listed = Files.list(directory)) {
            return listed.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void readDirectory(Path path, FilmCut cut, List<Picture> frames, List<Problem> problems)
            throws IOException {
        List<Path> files = framesIn(path);
        int end = Math.min(files.size(), cut.last() + 1);
        for (Path file : files.subList(Math.min(cut.first(), end), end)) {
            Picture.read(file, 0, problems).ifPresent(frame -> {
                int width = Math.toIntExact(Math.round((double) frame.width() * cut.heightPixels() / frame.height()));
                Picture small = frame.resized(width, cut.heightPixels());
                if (!frames.isEmpty() && frames.get(0).width() != width) {
                    problems.add(new Problem(
                            file.toString(), "has another shape than the frames before it", "make all of one size"));
                }
                frames.add(small);
            });
        }
    }

    /** The frames that may be learned from. */
    List<Picture> toLearn() {
        return shots.stream().flatMap(shot -> shot.toLearn().stream()).toList();
    }

    /** Whether something is said of its shots. */
    boolean isTold() {
        return shots.stream().anyMatch(shot -> !shot.captions().isEmpty());
    }
}
