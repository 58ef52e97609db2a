package handscroll.bench;

import ai.djl.Device;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.djl.LoadedModel;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.SlotOperators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Patches a second that one thread samples in full batches with all their context, without any farm around it. Two of
 * these at once, each on a core of its own, are the most that two workers of a farm can do on this machine.
 */
final class Ceiling {

    private static final int BATCH_SIZE = 16;

    /** Arguments: model directory, seconds. */
    public static void main(String[] arguments) {
        ModelCard card = ModelCard.read(Path.of(arguments[0]));
        double seconds = Double.parseDouble(arguments[1]);
        RenderSettings settings = new RenderSettings(
                new JobId("ceiling"),
                card.name(),
                card.hash(),
                1,
                RenderSettings.Sampling.of(
                        card.sampling().temperature(), card.sampling().topK()),
                BATCH_SIZE,
                1,
                4,
                8,
                JobSpec.TileEncoding.JPEG,
                90,
                List.of());
        List<Task.Sample> batch = batch(card, new Random(1));
        try (LoadedModel model = new LoadedModel(ModelDirectory.load(card), Device.cpu(), 512L << 20);
                SlotOperators operators = model.open()) {
            operators.sample(settings, batch);
            long start = System.nanoTime();
            long now = start;
            int count = 0;
            while (count == 0 || now - start < seconds * 1e9) {
                operators.sample(settings, batch);
                count += batch.size();
                now = System.nanoTime();
            }
            System.out.printf(Locale.ROOT, "result %.3f%n", count * 1e9 / (now - start));
        }
    }

    /** A row of patches that each see the rows above them, as a sweep shows them. */
    private static List<Task.Sample> batch(ModelCard card, Random random) {
        List<Task.Sample> batch = new ArrayList<>();
        int tokensPerPatch = card.tokensPerSide() * card.tokensPerSide();
        short[][][] above = new short[3][BATCH_SIZE + 4][tokensPerPatch];
        for (short[][] row : above) {
            for (short[] patch : row) {
                for (int token = 0; token < tokensPerPatch; token++) {
                    patch[token] = (short) random.nextInt(card.codes());
                }
            }
        }
        for (int column = 0; column < BATCH_SIZE; column++) {
            List<ContextPatch> context = new ArrayList<>();
            for (int dy = -2; dy <= 0; dy++) {
                for (int dx = -2; dx <= (dy == 0 ? -1 : 2); dx++) {
                    context.add(new ContextPatch(dx, dy, 0, above[dy + 2][column + dx + 2]));
                }
            }
            batch.add(new Task.Sample(new PatchId(0, column, 2, 0), context, 0.5, 0.6, TokenBlock.EMPTY));
        }
        return batch;
    }

    private Ceiling() {}
}
