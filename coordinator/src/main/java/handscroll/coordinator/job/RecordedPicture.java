package handscroll.coordinator.job;

import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.output.DeepZoomDescription;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.TileId;
import handscroll.coordinator.output.VideoFiles;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage.Operator;
import handscroll.coordinator.plan.TaskBuilder;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What the output directory of a picture or a video says about how each of its patches came about: enough to make any of them again, from the tokens
 * that it looked at.
 */
public final class RecordedPicture {

    /**
     * A patch or a tile that can be made again.
     *
     * @param tokens that it has in the log; empty for a tile, which lies in a file
     */
    public record Piece(Task task, short[] tokens) {}

    private final Path directory;
    private final Manifest manifest;
    private final boolean isVideo;
    private final Plan plan;
    private final Map<Integer, short[][]> tokens = new HashMap<>();
    private final TaskBuilder tasks;
    private final long damagedBytes;
    private final boolean hasPicture;
    private long repeatedCount;

    /**
     * Reads the directory; blocks.
     *
     * @throws Refusal when it holds none, or its model or input picture is another one today
     */
    public static RecordedPicture read(Path directory, ModelShelf models, PictureReader pictures) {
        Path there = directory.toAbsolutePath().normalize();
        Manifest manifest;
        try {
            manifest = Manifest.read(there)
                    .orElseThrow(() -> refusal(there, "holds no " + Manifest.FILE_NAME, "name an output directory"));
        } catch (IOException e) {
            throw refusal(there, "cannot be read: " + e.getMessage(), "restore " + Manifest.FILE_NAME);
        }
        JobSpec spec = JobSpecReader.readText(manifest.job().value(), manifest.spec(), there);
        Preparation.Planned planned = Preparation.plan(models, pictures, manifest.job(), spec);
        if (!planned.identity().contentHash().equals(manifest.contentHash())) {
            throw refusal(
                    there,
                    "was made with another model or input picture than there is today (its model "
                            + manifest.model().name() + " had the hash "
                            + manifest.model().hash() + ", today it is "
                            + planned.plan().model().hash() + ")",
                    "put the old ones back");
        }
        return new RecordedPicture(there, manifest, spec.canvas().isVideo(), planned);
    }

    private RecordedPicture(Path directory, Manifest manifest, boolean isVideo, Preparation.Planned planned) {
        this.directory = directory;
        this.manifest = manifest;
        this.isVideo = isVideo;
        this.plan = planned.plan();
        for (int stage = 0; stage <= plan.sampleStage(); stage++) {
            tokens.put(stage, new short[plan.graph().cellCount(stage)][]);
        }
        TokenLog.Scan scan = TokenLog.scan(directory.resolve("tokens"), planned.identity(), this::restore);
        this.damagedBytes = scan.skippedBytes();
        this.hasPicture = planned.picture().isPresent();
        this.tasks = new TaskBuilder(
                plan,
                (stage, index) -> tokensOf(stage, index).orElseThrow(() -> new IllegalStateException("not logged")),
                planned.picture().map(picture -> (Picture) picture));
    }

    private void restore(int stage, int cell, short[] logged) {
        short[][] ofStage = tokens.get(stage);
        if (ofStage != null && cell >= 0 && cell < ofStage.length) {
            repeatedCount += ofStage[cell] == null ? 0 : 1;
            ofStage[cell] = logged;
        }
    }

    private Optional<short[]> tokensOf(int stage, int index) {
        return Optional.ofNullable(tokens.getOrDefault(stage, new short[0][])[index]);
    }

    public Manifest manifest() {
        return manifest;
    }

    public RenderSettings renderSettings() {
        return plan.renderSettings(manifest.job());
    }

    /** Of the token log, neither records nor room that was set aside. */
    public long damagedBytes() {
        return damagedBytes;
    }

    /** Patches that are in the log more than once: sampled again although they were logged. */
    public long repeatedCount() {
        return repeatedCount;
    }

    /**
     * Patches and tiles that can be made again, drawn evenly, in the order of the plan.
     *
     * @param share of all, above 0 and at most 1
     * @param seed the same draws the same
     */
    public List<Piece> sample(double share, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Piece> drawn = new ArrayList<>();
        for (int stage = 0; stage <= plan.decodeStage(); stage++) {
            for (int index = 0; index < plan.graph().cellCount(stage); index++) {
                if (random.nextDouble() < share && canBeMade(stage, index)) {
                    drawn.add(new Piece(tasks.task(stage, index), tokensOrNone(stage, index)));
                }
            }
        }
        return drawn;
    }

    private short[] tokensOrNone(int stage, int index) {
        return stage == plan.decodeStage()
                ? new short[0]
                : tokensOf(stage, index).orElseThrow();
    }

    private boolean canBeMade(int stage, int index) {
        Operator operator = plan.graph().stage(stage).operator(index);
        if (operator == Operator.IDLE || operator == Operator.ENCODE && !hasPicture) {
            return false;
        }
        boolean[] isKnown = {
            stage == plan.decodeStage() || tokensOf(stage, index).isPresent()
        };
        plan.graph()
                .forEachRead(
                        stage,
                        index,
                        (from, read) -> isKnown[0] &= tokensOf(from, read).isPresent());
        return isKnown[0];
    }

    /** The stored tile of a decode task; empty when it is not there. */
    public Optional<byte[]> storedTile(PatchId patch) throws IOException {
        return isVideo
                ? videoFiles().read(patch.frame(), patch.column(), patch.row())
                : StoredPicture.tile(directory, topTile(patch), extension());
    }

    /** The name of that tile below its directory, or in its archive. */
    public String tileName(PatchId patch) {
        return isVideo
                ? videoFiles().name(patch.frame(), patch.column(), patch.row())
                : DeepZoomDescription.tileName(topTile(patch), extension());
    }

    private TileId topTile(PatchId patch) {
        return new TileId(manifest.tiles().pyramid().topLevel(), patch.column(), patch.row());
    }

    private VideoFiles videoFiles() {
        return new VideoFiles(directory, extension());
    }

    private String extension() {
        return manifest.tiles().encoding().extension();
    }

    private static Refusal refusal(Path directory, String what, String remedy) {
        return new Refusal("Nothing can be verified:", List.of(new Problem(directory.toString(), what, remedy)));
    }
}
