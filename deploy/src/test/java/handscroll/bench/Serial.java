package handscroll.bench;

import ai.djl.Device;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.djl.LoadedModel;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.NdArrayPeer;
import handscroll.worker.djl.SlotOperators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Patches a second that are sampled and decoded by a model's mathematics one operation after the other, batch 1; and
 * how many of the tokens are those that a worker draws with the same context.
 */
final class Serial {

    private static final int EXTENT = 2;

    /** Arguments: model directory, side of the square in patches, patches that warm up. */
    public static void main(String[] arguments) {
        ModelCard card = ModelCard.read(Path.of(arguments[0]));
        int side = Integer.parseInt(arguments[1]);
        int warmUpCount = Integer.parseInt(arguments[2]);
        RenderSettings settings = new RenderSettings(
                new JobId("serial"),
                card.name(),
                card.hash(),
                20221,
                RenderSettings.Sampling.of(
                        card.sampling().temperature(), card.sampling().topK()),
                side,
                side,
                4,
                8,
                JobSpec.TileEncoding.JPEG,
                90,
                List.of());
        int equalTokens = 0;
        int equalPatches = 0;
        long sampling = 0;
        int timed = 0;
        Map<PatchId, short[]> tokens = new HashMap<>();
        try (LoadedModel model = new LoadedModel(ModelDirectory.load(card), Device.cpu(), 256L << 20);
                SlotOperators worker = model.open();
                NdArrayPeer peer = new NdArrayPeer(card)) {
            for (int index = 0; index < side * side; index++) {
                PatchId patch = new PatchId(0, index % side, index / side, 0);
                Task.Sample task = new Task.Sample(
                        patch,
                        context(patch, tokens),
                        patch.row() / (double) side,
                        (patch.row() + 1) / (double) side,
                        TokenBlock.EMPTY);
                short[] drawn = worker.sample(settings, List.of(task)).get(0);
                long start = System.nanoTime();
                short[] serial = peer.sample(settings, task);
                // With the worker's tokens, so that one that differs does not make all later ones differ.
                peer.add(patch, drawn);
                if (index >= warmUpCount) {
                    sampling += System.nanoTime() - start;
                    timed++;
                }
                tokens.put(patch, drawn);
                for (int i = 0; i < drawn.length; i++) {
                    equalTokens += drawn[i] == serial[i] ? 1 : 0;
                }
                equalPatches += Arrays.equals(drawn, serial) ? 1 : 0;
            }
            double decoding = decode(card, worker, peer, tokens);
            double millis = sampling / 1e6 / timed + decoding;
            System.out.printf(
                    Locale.ROOT,
                    "NDArray operations, batch 1: %.1f ms to sample a patch and %.1f ms to decode it; %d of %d patches and"
                            + " %.1f %% of the tokens are those of the worker, which multiplies in bf16 where NDArrays"
                            + " can only in fp32%n",
                    sampling / 1e6 / timed,
                    decoding,
                    equalPatches,
                    side * side,
                    100.0 * equalTokens / (side * side * 64));
            System.out.printf(Locale.ROOT, "result %.3f%n", 1e3 / millis);
        }
    }

    /** Milliseconds a patch that a tile takes. */
    private static double decode(ModelCard card, SlotOperators worker, NdArrayPeer peer, Map<PatchId, short[]> tokens) {
        int perSide = card.tokensPerSide();
        int tile = 256 / card.tokenPixels();
        int windowSide = tile + 2 * card.tokenizer().decodeMarginTokens();
        short[] window = new short[windowSide * windowSide];
        int side = (int) Math.round(Math.sqrt(tokens.size()));
        for (int i = 0; i < window.length; i++) {
            int row = i / windowSide % (side * perSide);
            int column = i % windowSide % (side * perSide);
            window[i] = tokens.get(new PatchId(0, column / perSide, row / perSide, 0))[
                    row % perSide * perSide + column % perSide];
        }
        TokenBlock block = new TokenBlock(windowSide, windowSide, window);
        PixelBlock expected = worker.decode(block);
        byte[] found = peer.decode(block);
        int largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs((found[i] & 0xFF) - (expected.rgb()[i] & 0xFF)));
        }
        System.out.printf("pixels of a tile differ by %d of 255 at most%n", largest);
        int count = 3;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            peer.decode(block);
        }
        int patches = tile / perSide * (tile / perSide);
        return (System.nanoTime() - start) / 1e6 / count / patches;
    }

    /** What a sweep shows, row by row. */
    private static List<ContextPatch> context(PatchId patch, Map<PatchId, short[]> tokens) {
        List<ContextPatch> context = new ArrayList<>();
        for (int row = -EXTENT; row <= 0; row++) {
            for (int column = -EXTENT; column <= (row == 0 ? -1 : EXTENT); column++) {
                short[] seen = tokens.get(new PatchId(0, patch.column() + column, patch.row() + row, 0));
                if (seen != null) {
                    context.add(new ContextPatch(column, row, 0, seen));
                }
            }
        }
        return context;
    }

    private Serial() {}
}
