package handscroll.protocol.video;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.Problem;
import handscroll.protocol.task.PixelBlock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of videos, and which are refused. */
class VideoFileTest {

    @TempDir
    private Path directory;

    @Test
    void showsTheFramesThatWereAskedForAtAnotherSize() throws Exception {
        Path file = directory.resolve("test.mp4");
        Ffmpeg.run(
                List.of("-f", "lavfi", "-i", "testsrc=size=160x96:rate=12:duration=1", "-y", file.toString()),
                Ffmpeg.Input.NONE);
        List<Problem> problems = new ArrayList<>();
        VideoFile video = VideoFile.open(file, problems).orElseThrow(() -> new AssertionError(problems));
        assertThat(video.framesPerSecond()).isEqualTo(12);
        assertThat(video.widthAt(48)).isEqualTo(80);

        List<PixelBlock> frames = new ArrayList<>();
        video.forEachFrame(3, 7, 80, 48, frames::add);
        assertThat(frames).hasSize(5);
        assertThat(frames.get(0).widthPixels()).isEqualTo(80);
    }

    @Test
    void saysWhatIsWrongWithFilesThatAreNoVideos() throws Exception {
        Path text = Files.writeString(directory.resolve("text.mp4"), "no video");
        Path sound = directory.resolve("sound.mp4");
        Ffmpeg.run(
                List.of("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "-y", sound.toString()),
                Ffmpeg.Input.NONE);
        List<Problem> problems = new ArrayList<>();
        for (Path path : List.of(text, sound, directory.resolve("absent.mp4"))) {
            assertThat(VideoFile.open(path, problems)).isEmpty();
        }
        assertThat(problems.get(0).what()).startsWith("cannot be read as a video: ffmpeg: ");
        assertThat(problems.get(1).what()).isEqualTo("has no moving picture in it");
        assertThat(problems.get(2).what()).isEqualTo("is no file");
    }
}
