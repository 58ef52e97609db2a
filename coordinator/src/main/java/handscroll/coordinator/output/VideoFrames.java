package handscroll.coordinator.output;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;

/** The frames of a video, put together of their tiles. Holds one at a time. */
final class VideoFrames {

    private final Canvas canvas;
    private final Grid grid;
    private final int tilePixels;
    private final VideoFiles files;

    VideoFrames(Canvas canvas, int tilePixels, VideoFiles files) {
        this.canvas = canvas;
        this.tilePixels = tilePixels;
        this.files = files;
        this.grid = canvas.cutInto(tilePixels);
    }

    /** How ffmpeg is told what {@link #write} will write to its standard input. */
    List<String> inputArguments() {
        return List.of(
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgb24",
                "-s",
                canvas.widthPixels() + "x" + canvas.heightPixels(),
                "-r",
                String.valueOf(canvas.framesPerSecond()),
                "-i",
                "pipe:0");
    }

    /** All of its pixels, row by row; its tiles are all there. */
    void write(int frame, OutputStream to) throws IOException {
        byte[] rgb = new byte[3 * canvas.widthPixels() * canvas.heightPixels()];
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column < grid.columns(); column++) {
                PixelBlock tile = TileCodec.decode(Files.readAllBytes(files.tile(frame, column, row)));
                for (int y = 0; y < tile.heightPixels(); y++) {
                    int at = (row * tilePixels + y) * canvas.widthPixels() + column * tilePixels;
                    System.arraycopy(tile.rgb(), 3 * y * tile.widthPixels(), rgb, 3 * at, 3 * tile.widthPixels());
                }
            }
        }
        to.write(rgb);
    }
}
