package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.job.Texts;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Everything that keeps a job from becoming a plan; collects it all before anything is refused. */
final class PlanChecks {

    /** What {@link Wavefronts} take for a cell while they are counted. */
    private static final int LEAST_LAG = 2;

    private static final long PLANNED_CELL_BYTES = 8;

    /** What a patch takes, and a tile, as long as the job lives; rounded up. */
    private static final long PATCH_BYTES = 7;

    private static final long TILE_BYTES = 3;

    /** What it takes to keep a patch's tokens, beside the tokens. */
    private static final long HELD_BYTES = 80;

    private final JobSpec spec;
    private final ModelCard model;
    private final int layoutFactor;
    private final Extent extent;
    private final List<Problem> problems = new ArrayList<>();

    /** @param extent that patches of the job look */
    PlanChecks(JobSpec spec, ModelCard model, int layoutFactor, Extent extent) {
        this.spec = spec;
        this.model = model;
        this.layoutFactor = layoutFactor;
        this.extent = extent;
    }

    /**
     * Looks at all that can be told before patches are counted, and then at those.
     *
     * @return the direction that was asked for; empty for auto
     * @throws Refusal with everything so far where patches cannot even be counted
     */
    Optional<Direction> check(long heapBytes) {
        checkModel();
        checkFrames();
        checkRing();
        checkTexts();
        Optional<Direction> wanted = wantedDirection();
        if (!isCountable(model.patchPixels()) || !isCountable(Plan.TILE_PIXELS)) {
            refuse(
                    "canvas",
                    canvas().widthPixels() + " x " + canvas().heightPixels() + " pixels are more patches than can be"
                            + " counted",
                    "keep it below " + Integer.MAX_VALUE + " patches of " + model.patchPixels() + " pixels a side");
            refuseIfNeeded();
        }
        checkHeap(heapBytes);
        return wanted;
    }

    private void checkModel() {
        if (Plan.TILE_PIXELS % model.tokenPixels() != 0) {
            refuse(
                    "model",
                    "tokens of " + model.tokenPixels() + " pixels do not fill tiles of " + Plan.TILE_PIXELS,
                    "use a model whose tokens do");
        }
        spec.sampling()
                .topK()
                .filter(topK -> topK > model.codes())
                .ifPresent(topK -> refuse(
                        "sampling.top-k",
                        topK + " is more than the " + model.codes() + " codes of " + model.name(),
                        "give at most " + model.codes()));
        spec.sampling().rounds().ifPresent(this::checkRounds);
        spec.sampling().lag().ifPresent(this::checkLag);
    }

    private void checkRounds(int rounds) {
        int tokens = model.tokensPerSide() * model.tokensPerSide();
        if (model.sampling().decoding() != Decoding.PARALLEL) {
            refuse(
                    "sampling.rounds",
                    model.name() + " draws token by token and knows no rounds",
                    "leave it out, or use a model learned with handscroll train --decoding parallel");
        } else if (rounds > tokens) {
            refuse(
                    "sampling.rounds",
                    rounds + " rounds are more than the " + tokens + " tokens of a patch",
                    "8 to 12 are usual; give at most " + tokens);
        }
    }

    /** A token looks at the one to its upper right. */
    private void checkLag(int lag) {
        if (model.sampling().decoding() == Decoding.PARALLEL) {
            refuse(
                    "sampling.lag",
                    model.name() + " draws in rounds, not row by row",
                    "leave it out; sampling.rounds says how fast it draws");
        } else if (lag < LEAST_LAG || lag >= model.tokensPerSide()) {
            refuse(
                    "sampling.lag",
                    "each row of a patch begins " + LEAST_LAG + " tokens after the one above at least, and "
                            + (model.tokensPerSide() - 1) + " at most, not " + lag,
                    "4 is usual; leave it out to draw token by token");
        }
    }

    private void checkFrames() {
        if (canvas().frameCount() > 1 && model.context().frames() == 0) {
            refuse(
                    "canvas.frames",
                    model.name() + " draws pictures: its patches look "
                            + model.context().frames() + " frames back",
                    "leave it out, or use a model with context.frames of at least 1");
        }
    }

    /** On a canvas that wraps whole cells of every stage must close the ring, and none be seen from both sides. */
    private void checkRing() {
        if (!canvas().wraps()) {
            return;
        }
        if (model.context().states() == ContextStates.RECURRENT) {
            refuse(
                    "canvas.wrap",
                    "what the states of " + model.name() + " remember ends at the seam of a canvas that wraps",
                    "leave it out, or use a model with encoded states");
        }
        int widestCell = layoutFactor * model.patchPixels();
        long unit = leastCommonMultiple(Plan.TILE_PIXELS, widestCell);
        int across = extent.columnsAcross();
        long least = unit * Math.max(1, ceilDiv((long) across * widestCell, unit));
        int width = canvas().widthPixels();
        long below = width / unit * unit;
        String remedy = below >= least && below < width
                ? "try " + below + " or " + (below + unit)
                : "try " + Math.max(least, ceilDiv(width, unit) * unit);
        if (width % unit != 0) {
            refuse(
                    "canvas.width",
                    width + " px are no multiple of " + unit + " px, as the width of a canvas that wraps must be",
                    remedy);
        } else if (width < least) {
            refuse(
                    "canvas.width",
                    width + " px are fewer than the " + across + " cells of " + widestCell
                            + " px that a patch sees around itself, so on a canvas that wraps it would see some twice",
                    remedy);
        }
    }

    private static long leastCommonMultiple(long a, long b) {
        return a / BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact() * b;
    }

    private static long ceilDiv(long count, long divisor) {
        return (count + divisor - 1) / divisor;
    }

    private void checkTexts() {
        if (!spec.texts().isEmpty() && !model.knowsTexts()) {
            refuse(
                    spec.texts().text().isPresent()
                            ? "text"
                            : spec.texts().regions().isEmpty() ? "story" : "regions",
                    "the model " + model.name() + " follows no text",
                    "use one that learned captions, as landscapes did; handscroll models lists them");
        }
        if (spec.texts().isEmpty() && spec.sampling().guidance().isPresent()) {
            refuse("sampling.guidance", "guides towards a text, and there is none", "give a text, or drop it");
        }
        int side = model.patchPixels();
        for (int i = 0; i < spec.texts().regions().size(); i++) {
            Texts.Region region = spec.texts().regions().get(i);
            String place = region.widthPixels() + " x " + region.heightPixels() + " pixels at [" + region.xPixels()
                    + ", " + region.yPixels() + "]";
            boolean outside = region.xPixels() >= canvas().widthPixels()
                    || region.yPixels() >= canvas().heightPixels()
                    || (long) region.xPixels() + region.widthPixels() <= 0
                    || (long) region.yPixels() + region.heightPixels() <= 0;
            if (outside) {
                refuse(
                        "regions[" + i + "]",
                        place + " lie beside the canvas",
                        "move it onto the canvas of " + canvas().widthPixels() + " x " + canvas().heightPixels());
            } else if (!holdsACentre(region.xPixels(), region.widthPixels(), canvas().widthPixels(), side)
                    || !holdsACentre(region.yPixels(), region.heightPixels(), canvas().heightPixels(), side)) {
                refuse(
                        "regions[" + i + "]",
                        place + " hold the centre of no patch, so none would follow it",
                        "give it at least " + side + " pixels each way");
            }
        }
    }

    /** Whether a patch's centre lies within these pixels of a side of the canvas. */
    private static boolean holdsACentre(int from, int length, int canvas, int side) {
        long first = Math.max(0, ceilDiv(2L * from - side, 2L * side));
        double centre = (first + 0.5) * side;
        return centre < (double) from + length && first * side < canvas;
    }

    private Optional<Direction> wantedDirection() {
        if (spec.direction().equals(Direction.AUTO)) {
            checkReach(Direction.AUTO, 1);
            return Optional.empty();
        }
        Optional<Direction> wanted = Direction.named(spec.direction());
        if (wanted.isEmpty()) {
            refuse("direction", "\"" + spec.direction() + "\" is unknown", "one of " + Direction.names());
        } else if (wanted.get() == Direction.OUTWARD && spec.task() != RenderingTask.EXTENSION) {
            refuse("direction", "outward needs a picture to start from", "use omega or zeta, or task = extension");
        }
        wanted.ifPresent(direction -> checkReach(direction.configName(), direction.leastExtent()));
        return wanted;
    }

    /** Patches that cannot see each other cannot fit together either. */
    private void checkReach(String direction, int least) {
        if (!reaches(least)) {
            refuse(
                    "direction",
                    direction + " needs patches that see " + least + " columns and rows far; those of "
                            + model.name() + " learned to look "
                            + model.context().columns() + " columns and "
                            + model.context().rows() + " rows",
                    least > 1
                            ? "use another direction, or a model that looks further"
                            : "use a model that looks further");
        }
    }

    /** Whether patches see far enough for a direction that needs to see so far. */
    boolean reaches(int least) {
        boolean isWideEnough =
                canvas().widthPixels() <= model.patchPixels() || model.context().columns() >= least;
        boolean isHighEnough = canvas().heightPixels() <= model.patchPixels()
                || model.context().rows() >= least;
        return spec.context() == JobSpec.Context.NONE || isWideEnough && isHighEnough;
    }

    private boolean isCountable(int cellPixels) {
        long columns = (canvas().widthPixels() + (long) cellPixels - 1) / cellPixels;
        long rows = (canvas().heightPixels() + (long) cellPixels - 1) / cellPixels;
        return columns * rows <= (Integer.MAX_VALUE - 8L) / canvas().frameCount();
    }

    private void checkHeap(long heapBytes) {
        long patches = canvas().cutInto(model.patchPixels()).cellCount();
        long tiles = canvas().cutInto(Plan.TILE_PIXELS).cellCount();
        // A layout is sampled far ahead of what is drawn over it, and its tokens wait there.
        long layout = layoutFactor == 1
                ? 0
                : canvas().cutInto(layoutFactor * model.patchPixels()).cellCount();
        long tokenBytes = HELD_BYTES + 2L * model.tokensPerSide() * model.tokensPerSide();
        long needed = Math.max(
                PLANNED_CELL_BYTES * patches,
                PATCH_BYTES * (patches + layout) + TILE_BYTES * tiles + tokenBytes * layout);
        long allowed = heapBytes / 4 * 3;
        if (needed > allowed) {
            refuse(
                    "canvas",
                    String.format(
                            Locale.ROOT,
                            "%,d patches and %,d tiles take %,d MB of memory, more than three quarters of this"
                                    + " process's %,d MB",
                            patches,
                            tiles,
                            needed / 1_000_000,
                            heapBytes / 1_000_000),
                    "make it smaller, or give the process more: HANDSCROLL_JAVA_OPTS=-Xmx" + (needed / 750_000_000 + 1)
                            + "g");
        }
    }

    /** The patches that a picture covers wholly. */
    Optional<Region> given(Grid grid, PictureSize size) {
        JobSpec.Input input = spec.input().orElseThrow();
        long right = (long) input.xPixels() + size.widthPixels();
        long bottom = (long) input.yPixels() + size.heightPixels();
        String picture = size.widthPixels() + " x " + size.heightPixels() + " pixels at [" + input.xPixels() + ", "
                + input.yPixels() + "]";
        if (spec.sampling().horizon().isPresent()) {
            refuse("sampling.horizon", "the picture has its own", "leave it out; it is for canvases without input");
        }
        boolean beside = right <= 0
                || bottom <= 0
                || input.xPixels() >= canvas().widthPixels()
                || input.yPixels() >= canvas().heightPixels();
        if (beside) {
            refuse(
                    "input",
                    "a picture of " + picture + " lies beside the canvas",
                    "move it onto the canvas of " + canvas().widthPixels() + " x " + canvas().heightPixels());
            return Optional.empty();
        }
        Optional<Region> given = Region.coveredBy(
                grid,
                model.patchPixels(),
                canvas().widthPixels(),
                canvas().heightPixels(),
                input.xPixels(),
                input.yPixels(),
                size);
        if (given.isEmpty()) {
            refuse(
                    "input",
                    "a picture of " + picture + " covers no patch of " + model.patchPixels() + " pixels wholly",
                    "use a larger picture, and place it at a multiple of " + model.patchPixels());
        } else if (grid.frames() == 1 && given.get().cellCount() == grid.columns() * grid.rows()) {
            refuse("canvas", "the picture fills all of it", "make the canvas larger than the picture");
        }
        return given;
    }

    /** @throws Refusal with every problem, if there is one */
    void refuseIfNeeded() {
        if (!problems.isEmpty()) {
            throw new Refusal("The job \"" + spec.name() + "\" cannot be rendered:", problems);
        }
    }

    private Canvas canvas() {
        return spec.canvas();
    }

    private void refuse(String where, String what, String remedy) {
        problems.add(new Problem(where, what, remedy));
    }
}
