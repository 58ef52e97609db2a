package handscroll.cli;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/**
 * Renders without a model: the tokens of a patch are a hash of its seed, its place, the layout beneath it
 * and everything in its context, so a wrong, missing or reordered context changes the picture. Canvases of
 * 768 pixels and more have a layout.
 */
final class FakeRenderers implements RendererFactory {

    private static final int BUSY_ROUNDS = 4_000_000;
    private static final String CARD = """
            family = nuwa-infinity
            patch { pixels = 64, tokens = 8 }
            tokenizer { codes = 512, decode-margin-tokens = 6, encode-margin-pixels = 48 }
            context { columns = 2, rows = 2, frames = 0 }
            picture { horizon = 0.6, height = 256 }
            layout { factor = 4 }
            sampling { temperature = 0.9, top-k = 100 }
            licence = "none"
            weights {}
            """;

    final AtomicInteger sampledCount = new AtomicInteger();
    private final Map<String, String> modelHashes;
    private final int codes;
    private boolean isBusy;

    /** Makes the directory of a model that only these renderers know. */
    static void shelve(Path model) throws IOException {
        Files.createDirectories(model);
        Files.writeString(model.resolve(ModelCard.FILE_NAME), CARD);
    }

    FakeRenderers(Map<String, String> modelHashes, int codes) {
        this.modelHashes = Map.copyOf(modelHashes);
        this.codes = codes;
    }

    /** Takes some milliseconds a patch, so that there is a middle to be killed in. */
    FakeRenderers busy() {
        isBusy = true;
        return this;
    }

    @Override
    public TaskRenderer open(int slot) {
        return new FakeRenderer();
    }

    @Override
    public String deviceClass() {
        return "fake";
    }

    @Override
    public Map<String, String> modelHashes() {
        return modelHashes;
    }

    private final class FakeRenderer implements TaskRenderer {

        @Override
        public Rendering render(RenderSettings settings, List<Task> tasks) {
            List<TaskResult> results = new ArrayList<>();
            List<Tile> tiles = new ArrayList<>();
            for (Task given : tasks) {
                Task task = given instanceof Task.Fill fill ? fill.sample() : given;
                if (task instanceof Task.Sample sample) {
                    sampledCount.incrementAndGet();
                    long hash = settings.seed() * 31 + sample.patch().hashCode();
                    hash = hash * 1_000_003 + Arrays.hashCode(sample.layout().tokens());
                    for (ContextPatch patch : sample.context()) {
                        hash = hash * 1_000_003 + patch.columnOffset() * 7 + patch.rowOffset();
                        hash = hash * 1_000_003 + Arrays.hashCode(patch.tokens());
                    }
                    for (int round = 0; isBusy && round < BUSY_ROUNDS; round++) {
                        hash = hash * 31 + round;
                    }
                    results.add(new TaskResult.Tokens(sample.patch(), tokens(hash)));
                } else if (task instanceof Task.Encode encode) {
                    results.add(new TaskResult.Tokens(
                            encode.patch(),
                            tokens(Arrays.hashCode(encode.window().rgb()))));
                } else if (task instanceof Task.Decode decode) {
                    tiles.add(tile(decode));
                }
            }
            return new Rendering(results, tiles, WorkTime.NONE);
        }

        private short[] tokens(long hash) {
            short[] tokens = new short[64];
            for (int index = 0; index < tokens.length; index++) {
                hash = hash * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
                tokens[index] = (short) Math.floorMod(hash >>> 33, codes);
            }
            return tokens;
        }

        private Tile tile(Task.Decode decode) {
            short[] tokens = decode.window().tokens();
            int width = decode.widthPixels();
            int height = decode.heightPixels();
            BufferedImage pixels = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int token = tokens.length == 0
                            ? 0
                            : tokens[
                                    (y / 8 % decode.window().rows())
                                                    * decode.window().columns()
                                            + x / 8 % decode.window().columns()];
                    pixels.setRGB(x, y, token * 0x010305);
                }
            }
            int halfWidth = (width + 1) / 2;
            int halfHeight = (height + 1) / 2;
            byte[] half = new byte[3 * halfWidth * halfHeight];
            for (int y = 0; y < halfHeight; y++) {
                for (int x = 0; x < halfWidth; x++) {
                    int rgb = pixels.getRGB(Math.min(2 * x, width - 1), Math.min(2 * y, height - 1));
                    int at = 3 * (y * halfWidth + x);
                    half[at] = (byte) (rgb >> 16);
                    half[at + 1] = (byte) (rgb >> 8);
                    half[at + 2] = (byte) rgb;
                }
            }
            return new Tile(decode.patch(), jpeg(pixels), new PixelBlock(halfWidth, halfHeight, half));
        }

        private byte[] jpeg(BufferedImage pixels) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ImageIO.write(pixels, "jpg", bytes);
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void release(JobId job, List<PatchId> patches) {}

        @Override
        public void close() {}
    }
}
