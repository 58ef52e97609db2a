package handscroll.worker.train;

import handscroll.protocol.job.Problem;
import handscroll.protocol.video.VideoFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A video to learn from: its frames, small, and which of them are kept from learning.
 *
 * @param every how many of its frames lie between two that follow each other for the model, one of them included
 * @param heldOutFirst the first frame that is never learned from
 * @param heldOutEnd the one after the last of them
 */
record Film(List<Picture> frames, int every, int heldOutFirst, int heldOutEnd) {

    /** The share of the frames that is held out, in one piece that begins after this share of them. */
    private static final double HELD_OUT = 0.1;

    private static final double HELD_OUT_FROM = 0.6;

    Film {
        frames = List.copyOf(frames);
    }

    /**
     * Reads a video, or a directory of pictures in the order of their names.
     *
     * @param shortest frames of the model's clips
     * @param problems gets what keeps it from being learned from
     */
    static Film read(Path path, FilmCut cut, int shortest, List<Problem> problems) throws IOException {
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
        int from = (int) (frames.size() * HELD_OUT_FROM);
        int needed = (shortest - 1) * cut.every() + 1;
        int held = Math.max(needed, (int) Math.ceil(frames.size() * HELD_OUT));
        if (problems.isEmpty() && (from < needed || frames.size() - from - held < needed)) {
            problems.add(new Problem(
                    path.toString(),
                    "has " + frames.size() + " frames in that range, too few for clips of " + shortest + " with every "
                            + cut.every() + "th and some held out",
                    "give more, or a smaller --every"));
        }
        return new Film(frames, cut.every(), from, Math.min(frames.size(), from + held));
    }

    private static void readDirectory(Path path, FilmCut cut, List<Picture> frames, List<Problem> problems)
            throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(path)) {
            files = listed.filter(Files::isRegularFile)
                    .sorted()
                    .skip(cut.first())
                    .limit(cut.last() - cut.first() + 1L)
                    .toList();
        }
        for (Path file : files) {
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
        List<Picture> learned = new ArrayList<>(frames.subList(0, heldOutFirst));
        learned.addAll(frames.subList(heldOutEnd, frames.size()));
        return learned;
    }

    /** So many frames, the first of which is this one. */
    List<Picture> clip(int first, int count) {
        List<Picture> clip = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clip.add(frames.get(first + i * every));
        }
        return clip;
    }

    /** Where clips of so many frames can begin, among the held-out frames or among the others. */
    int[] clipStarts(int count, boolean heldOut) {
        int span = (count - 1) * every;
        List<Integer> starts = new ArrayList<>();
        for (int start = 0; start + span < frames.size(); start++) {
            boolean inside = start >= heldOutFirst && start + span < heldOutEnd;
            boolean outside = start + span < heldOutFirst || start >= heldOutEnd;
            if (heldOut ? inside : outside) {
                starts.add(start);
            }
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }
}
