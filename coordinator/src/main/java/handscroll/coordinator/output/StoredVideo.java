package handscroll.coordinator.output;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpecReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The frames of a video that lie on the disk, for whoever exports it. Nothing of it is kept in memory. */
public final class StoredVideo {

    private final Canvas canvas;
    private final Grid grid;
    private final VideoFiles files;
    private final VideoFrames frames;

    private StoredVideo(Canvas canvas, int tilePixels, VideoFiles files) {
        this.canvas = canvas;
        this.grid = canvas.cutInto(tilePixels);
        this.files = files;
        this.frames = new VideoFrames(canvas, tilePixels, files);
    }

    /** Empty when there is no manifest, or that of a picture. Blocks on the disk. */
    public static Optional<StoredVideo> open(Path directory) throws IOException {
        return Manifest.read(directory).flatMap(manifest -> {
            Canvas canvas = JobSpecReader.readText(manifest.job().value(), manifest.spec(), directory)
                    .canvas();
            Manifest.Tiles tiles = manifest.tiles();
            return canvas.isVideo()
                    ? Optional.of(new StoredVideo(
                            canvas,
                            tiles.tilePixels(),
                            new VideoFiles(directory, tiles.encoding().extension())))
                    : Optional.empty();
        });
    }

    public Canvas canvas() {
        return canvas;
    }

    /** How many frames lack a tile. Blocks on the disk. */
    public int missingCount() {
        int missing = 0;
        for (int frame = 0; frame < grid.frames(); frame++) {
            missing += isThere(frame) ? 0 : 1;
        }
        return missing;
    }

    private boolean isThere(int frame) {
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column < grid.columns(); column++) {
                if (!Files.isRegularFile(files.tile(frame, column, row))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** How ffmpeg is told what {@link #writeFrame} will write to its standard input. */
    public List<String> inputArguments() {
        return frames.inputArguments();
    }

    /** All pixels of one frame, row by row. */
    public void writeFrame(int frame, OutputStream to) throws IOException {
        frames.write(frame, to);
    }
}
