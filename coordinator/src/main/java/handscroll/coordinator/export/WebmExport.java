package handscroll.coordinator.export;

import handscroll.coordinator.output.StoredVideo;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.video.Ffmpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished video as WebM: VP9, encoded from its frames and not from its MP4. Holds one frame at a time.
 *
 * @param target appears when it is whole, and replaces what was there
 */
public record WebmExport(Path target) {

    /** Constant quality, as the encoder counts it: 0 is best, 63 worst. */
    private static final int QUALITY = 24;

    /** 0 takes longest and makes least bytes, 5 is fast. */
    private static final int SPEED = 4;

    /** Everything that stands against it, before anything is written. Blocks on the disk. */
    public void check(StoredVideo video) {
        List<Problem> problems = new ArrayList<>();
        int missing = video.missingCount();
        if (missing > 0) {
            problems.add(new Problem(
                    "video",
                    missing + " of " + video.canvas().frameCount() + " frames are not there yet",
                    "let the job finish, or resume it"));
        }
        Export.targetProblem(target, false).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw new Refusal("The video cannot be exported to webm:", problems);
        }
    }

    /** Blocks until it is whole. Checked before. */
    public void run(StoredVideo video, Export.Listener listener) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".part");
        List<String> arguments = new ArrayList<>(video.inputArguments());
        arguments.addAll(List.of("-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p"));
        arguments.addAll(List.of("-crf", String.valueOf(QUALITY), "-b:v", "0", "-cpu-used", String.valueOf(SPEED)));
        arguments.addAll(
                List.of("-row-mt", "1", "-g", String.valueOf(2 * video.canvas().framesPerSecond())));
        arguments.addAll(List.of("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"));
        arguments.addAll(List.of("-f", "webm", "-y", temporary.toString()));
        int frameCount = video.canvas().frameCount();
        try {
            Ffmpeg.run(arguments, stdin -> {
                for (int frame = 0; frame < frameCount; frame++) {
                    video.writeFrame(frame, stdin);
                    listener.onProgress(frame + 1, frameCount);
                }
            });
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
