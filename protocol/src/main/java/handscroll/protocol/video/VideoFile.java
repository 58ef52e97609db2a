package handscroll.protocol.video;

import handscroll.protocol.job.Problem;
import handscroll.protocol.task.PixelBlock;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A video on the disk whose frames come at an even rate.
 *
 * @param framesPerSecond of the file
 */
public record VideoFile(Path path, int widthPixels, int heightPixels, double framesPerSecond) {

    /** Rates this far apart, as a share, count as one: clocks of cameras are no better. */
    private static final double EVEN = 0.01;

    private static final Pattern NAME = Pattern.compile("(?i)\\.(mp4|m4v|mov|mkv|webm|avi|ogv)$");

    /** Whether a file is called as videos are. */
    public static boolean isNamedSo(Path path) {
        return NAME.matcher(path.toString()).find();
    }

    /** @param problems gets what is wrong with it; then nothing comes back */
    public static Optional<VideoFile> open(Path path, List<Problem> problems) {
        String name = path.toString();
        if (!Files.isRegularFile(path)) {
            problems.add(new Problem(name, "is no file", "give the path of a video, or a directory of its frames"));
            return Optional.empty();
        }
        String said;
        try {
            said = Ffmpeg.probe(List.of(
                    "-select_streams",
                    "v:0",
                    "-show_entries",
                    "stream=width,height,r_frame_rate,avg_frame_rate",
                    "-of",
                    "csv=p=0",
                    name));
        } catch (IOException e) {
            problems.add(new Problem(name, "cannot be read as a video: " + e.getMessage(), "convert it to MP4"));
            return Optional.empty();
        }
        String[] parts = said.strip().split(",", -1);
        if (parts.length != 4) {
            problems.add(new Problem(name, "has no moving picture in it", "name a file with a video stream"));
            return Optional.empty();
        }
        double rate = ratio(parts[2]);
        double average = ratio(parts[3]);
        if (!(rate > 0) || !(Math.abs(average / rate - 1) <= EVEN)) {
            problems.add(new Problem(
                    name,
                    "has frames at uneven times (rate " + parts[2] + ", on average " + parts[3] + " a second)",
                    "give it an even rate: ffmpeg -i " + path.getFileName() + " -vf fps=24 even.mp4"));
            return Optional.empty();
        }
        return Optional.of(new VideoFile(path, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), rate));
    }

    /** When the first of its frames is shown. */
    public static double startSeconds(Path path) throws IOException {
        String said = Ffmpeg.probe(List.of(
                "-select_streams",
                "v:0",
                "-show_entries",
                "packet=pts_time",
                "-read_intervals",
                "%+#1",
                "-of",
                "csv=p=0",
                path.toString()));
        return Double.parseDouble(said.strip().split("[,\\s]", 2)[0]);
    }

    private static double ratio(String text) {
        String[] parts = text.split("/", -1);
        try {
            return parts.length == 2
                    ? Double.parseDouble(parts[0]) / Double.parseDouble(parts[1])
                    : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** The even width of frames that are so high. */
    public int widthAt(int height) {
        return Math.max(2, 2 * (int) Math.round(widthPixels * (double) height / heightPixels / 2));
    }

    /**
     * Shows frames one after the other, at another size.
     *
     * @param first the number of the first, from 0 on
     * @param last the number of the last; the video may end before it
     */
    public void forEachFrame(int first, int last, int width, int height, Consumer<PixelBlock> visitor)
            throws IOException {
        Ffmpeg.read(
                List.of(
                        "-i",
                        path.toString(),
                        "-an",
                        "-vf",
                        "select=between(n\\," + first + "\\," + last + "),scale=" + width + ":" + height
                                + ":flags=area",
                        "-fps_mode",
                        "passthrough",
                        "-frames:v",
                        String.valueOf(last - first + 1),
                        "-f",
                        "rawvideo",
                        "-pix_fmt",
                        "rgb24",
                        "pipe:1"),
                stdout -> {
                    for (Optional<byte[]> frame = frame(stdout, 3 * width * height);
                            frame.isPresent();
                            frame = frame(stdout, 3 * width * height)) {
                        visitor.accept(new PixelBlock(width, height, frame.get()));
                    }
                    return true;
                });
    }

    private static Optional<byte[]> frame(InputStream stdout, int bytes) throws IOException {
        byte[] frame = stdout.readNBytes(bytes);
        if (frame.length > 0 && frame.length < bytes) {
            throw new EOFException("the last frame is cut off");
        }
        return frame.length == 0 ? Optional.empty() : Optional.of(frame);
    }
}
