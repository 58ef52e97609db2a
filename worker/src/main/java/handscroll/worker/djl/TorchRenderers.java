package handscroll.worker.djl;

import ai.djl.Device;
import com.typesafe.config.Config;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.tile.TileCodec;
import handscroll.worker.render.PatchRenderer;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the renderers of one process on PyTorch. A model is loaded when the first task asks for it and
 * stays; all slots share its weights and its pool. Closed after the last renderer.
 */
public final class TorchRenderers implements RendererFactory, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TorchRenderers.class);

    private final Device device;
    private final long poolBytes;
    private final Map<String, ModelCard> cards = new TreeMap<>();
    private final Map<String, LoadedModel> loaded = new HashMap<>(); // guarded by this

    /**
     * @param models that may be rendered
     * @param poolBytes of native memory for each model's nearby context pool
     */
    public TorchRenderers(List<ModelCard> models, Device device, long poolBytes) {
        this.device = device;
        this.poolBytes = poolBytes;
        models.forEach(card -> cards.put(card.name(), card));
    }

    /**
     * What this machine can render with the models it has; one that cannot be used is left out, and the
     * log says why.
     *
     * @param config with the block {@code handscroll.worker.djl}
     */
    public static TorchRenderers from(Config config, ModelShelf models) {
        Config block = config.getConfig("handscroll.worker.djl");
        List<ModelCard> cards = new ArrayList<>();
        for (String name : models.names()) {
            try {
                cards.add(models.find(name));
            } catch (Refusal refusal) {
                log.warn("Model [{}] is not offered: {}", name, refusal.getMessage());
            }
        }
        return new TorchRenderers(cards, LibTorch.device(block.getString("device")), block.getBytes("pool"));
    }

    @Override
    public TaskRenderer open(int slot) {
        LibTorch.forbidGradients();
        return new SlotRenderer();
    }

    @Override
    public String deviceClass() {
        return LibTorch.deviceClass(device) + "+" + TileCodec.name(); // other encoders make other bytes
    }

    @Override
    public Map<String, String> modelHashes() {
        Map<String, String> hashes = new TreeMap<>();
        cards.forEach((name, card) -> hashes.put(name, card.hash()));
        return hashes;
    }

    private synchronized LoadedModel model(String name, String hash) throws TaskRenderer.RenderFailure {
        ModelCard card = cards.get(name);
        if (card == null || !card.hash().equals(hash)) {
            throw new TaskRenderer.RenderFailure(
                    "this worker has no model " + name + " with the hash " + hash, new IllegalArgumentException(name));
        }
        LoadedModel model = loaded.get(name);
        if (model == null) {
            model = new LoadedModel(ModelDirectory.load(unchanged(card)), device, poolBytes);
            loaded.put(name, model);
        }
        return model;
    }

    /** Files may have been changed between the start, when they were hashed, and now, when they are read. */
    private static ModelCard unchanged(ModelCard card) throws TaskRenderer.RenderFailure {
        try {
            ModelCard now = ModelCard.read(card.directory());
            if (now.hash().equals(card.hash())) {
                return now;
            }
            throw new TaskRenderer.RenderFailure(
                    "the model in " + card.directory() + " is another one than when this worker started: its hash is "
                            + now.hash() + ", it was " + card.hash() + "; start the worker again",
                    new IllegalStateException(card.name()));
        } catch (Refusal refusal) {
            Problem first = refusal.problems().get(0);
            throw new TaskRenderer.RenderFailure(
                    "the model in " + card.directory() + " was changed since this worker started: " + first.where()
                            + " " + first.what() + "; copy it again and start the worker again",
                    refusal);
        }
    }

    @Override
    public synchronized void close() {
        loaded.values().forEach(LoadedModel::close);
        loaded.clear();
    }

    /** One slot's renderers, one for each model it was asked for. */
    private final class SlotRenderer implements TaskRenderer {
        private final Map<String, PatchRenderer> renderers = new HashMap<>();

        @Override
        public Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure {
            return render(List.of(new JobTasks(settings, tasks)));
        }

        @Override
        public Rendering render(List<JobTasks> batch) throws RenderFailure {
            // Jobs are mixed only where their model is the same.
            RenderSettings settings = batch.get(0).settings();
            PatchRenderer renderer = renderers.get(settings.model());
            LoadedModel model = model(settings.model(), settings.modelHash());
            if (renderer == null) {
                renderer = new PatchRenderer(model.open());
                renderers.put(settings.model(), renderer);
            }
            return renderer.render(batch);
        }

        @Override
        public void release(JobId job, List<PatchId> patches) {
            renderers.values().forEach(renderer -> renderer.release(job, patches));
        }

        @Override
        public void close() {
            renderers.values().forEach(PatchRenderer::close);
            renderers.clear();
        }
    }
}
