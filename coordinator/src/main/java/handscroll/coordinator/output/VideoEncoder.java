package handscroll.coordinator.output;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.video.Ffmpeg;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes segments and playlists of frames. A segment is encoded by itself, from its own frames alone, so its bytes are
 * the same whenever and after whatever interruption it is made. Holds one frame at a time.
 */
final class VideoEncoder {

    /** What a segment lasts, about; the last one is shorter. */
    private static final int SEGMENT_SECONDS = 2;

    /** Units of time in a frame. */
    private static final int TICKS = 1000;

    /** Generous: most of the bits would show only in a still. */
    private static final double BITS_PER_PIXEL = 0.25;

    private static final long LEAST_BITS_PER_SECOND = 1_500_000;

    private final Canvas canvas;
    private final VideoFiles files;
    private final VideoFrames frames;

    VideoEncoder(Canvas canvas, int tilePixels, VideoFiles files) {
        this.canvas = canvas;
        this.files = files;
        this.frames = new VideoFrames(canvas, tilePixels, files);
    }

    private int framesPerSegment() {
        return SEGMENT_SECONDS * canvas.framesPerSecond();
    }

    int segmentCount() {
        return (canvas.frameCount() + framesPerSegment() - 1) / framesPerSegment();
    }

    int firstFrame(int segment) {
        return segment * framesPerSegment();
    }

    int endFrame(int segment) {
        return Math.min(canvas.frameCount(), (segment + 1) * framesPerSegment());
    }

    /**
     * Encodes the frames of one segment, whose tiles are all there.
     *
     * @param work a file to write to on the way
     */
    Segment encode(int segment, Path work) throws IOException {
        long rate = Math.max(LEAST_BITS_PER_SECOND, (long)
                (BITS_PER_PIXEL * canvas.widthPixels() * canvas.heightPixels() * canvas.framesPerSecond()));
        List<String> arguments = new ArrayList<>(frames.inputArguments());
        // One thread and no clock: the same frames make the same bytes.
        arguments.addAll(List.of("-c:v", "libopenh264", "-threads", "1", "-pix_fmt", "yuv420p"));
        arguments.addAll(List.of("-b:v", String.valueOf(rate), "-g", String.valueOf(framesPerSegment())));
        arguments.addAll(List.of("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"));
        arguments.addAll(List.of("-video_track_timescale", String.valueOf(canvas.framesPerSecond() * TICKS)));
        arguments.addAll(List.of("-movflags", "empty_moov+default_base_moof+frag_keyframe+skip_trailer"));
        arguments.addAll(List.of("-f", "mp4", "-y", work.toString()));
        Ffmpeg.run(arguments, stdin -> {
            for (int frame = firstFrame(segment); frame < endFrame(segment); frame++) {
                frames.write(frame, stdin);
            }
        });
        byte[] encoded = Files.readAllBytes(work);
        return Segment.of(encoded, segment + 1, (long) firstFrame(segment) * TICKS);
    }

    /** An HLS playlist (RFC 8216) of the first segments: an EVENT, to which segments are only ever added. */
    String playlist(int segments) {
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-PLAYLIST-TYPE:EVENT\n");
        text.append("#EXT-X-TARGETDURATION:").append(SEGMENT_SECONDS).append('\n');
        text.append("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        text.append("#EXT-X-MAP:URI=\"").append(name(files.start())).append("\"\n");
        for (int segment = 0; segment < segments; segment++) {
            double seconds = (endFrame(segment) - firstFrame(segment)) / (double) canvas.framesPerSecond();
            text.append("#EXTINF:").append(seconds).append(",\n");
            text.append(name(files.segment(segment))).append('\n');
        }
        return segments == segmentCount() ? text.append("#EXT-X-ENDLIST\n").toString() : text.toString();
    }

    private String name(Path file) {
        return files.directory().relativize(file).toString();
    }

    /** Writes the segments as one file that can be played from its middle, without encoding them again. */
    void join(Path target) throws IOException {
        Ffmpeg.run(
                List.of(
                        "-f",
                        "mp4",
                        "-i",
                        "pipe:0",
                        "-c",
                        "copy",
                        "-map_metadata",
                        "-1",
                        "-fflags",
                        "+bitexact",
                        "-movflags",
                        "+faststart",
                        "-f",
                        "mp4",
                        "-y",
                        target.toString()),
                this::writeSegments);
    }

    private void writeSegments(OutputStream to) throws IOException {
        Files.copy(files.start(), to);
        for (int segment = 0; segment < segmentCount(); segment++) {
            Files.copy(files.segment(segment), to);
        }
    }
}
