package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Cell;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskBuilderTest {

    private static final int TOKENS = 8;

    /** A canvas of 10 x 9 patches and 3 x 3 tiles; the picture's upper left is one pixel off the patches. */
    private static final Plan PLAN = Planner.plan(
            Specs.extension(600, 550, 127, 63, "outward"), Specs.MODEL, Optional.of(new PictureSize(300, 200)));

    /** Red is the picture's column, green its row, both modulo 256. */
    private static final Picture PICTURE = new Picture() {
        @Override
        public int widthPixels() {
            return 300;
        }

        @Override
        public int heightPixels() {
            return 200;
        }

        @Override
        public int rgb(int x, int y) {
            assertThat(x).isBetween(0, 299);
            assertThat(y).isBetween(0, 199);
            return 0xff000000 | (x & 0xff) << 16 | y << 8 | 42;
        }
    };

    private final TaskBuilder tasks =
            new TaskBuilder(PLAN, TaskBuilderTest::tokensThatNameTheirPlace, Optional.of(PICTURE));

    @Test
    void aGivenPatchIsEncodedFromItsPixelsAndAMarginAroundThem() {
        assertThat(PLAN.given()).contains(new Region(2, 1, 4, 3));
        var encode =
                (Task.Encode) tasks.task(PLAN.sampleStage(), PLAN.sampleGrid().index(new Cell(3, 2)));
        assertThat(encode.window().widthPixels()).isEqualTo(64 + 2 * 16);
        // Patch (3, 2) begins at (192, 128) of the canvas, its window 16 before, the picture at (127, 63).
        assertThat(pixel(encode.window(), 0, 0)).containsExactly(192 - 16 - 127, 128 - 16 - 63, 42);
        assertThat(pixel(encode.window(), 95, 95)).containsExactly(192 + 79 - 127, 128 + 79 - 63, 42);
    }

    @Test
    void beyondThePictureItsBorderIsRepeated() {
        var encode =
                (Task.Encode) tasks.task(PLAN.sampleStage(), PLAN.sampleGrid().index(new Cell(2, 1)));
        assertThat(pixel(encode.window(), 0, 0)).containsExactly(0, 0, 42);
        assertThat(pixel(encode.window(), 15, 15)).containsExactly(0, 0, 42);
        assertThat(pixel(encode.window(), 16, 16)).containsExactly(1, 1, 42);
        assertThat(Picture.of(encode.window()).rgb(17, 16)).isEqualTo(0x02012a);
    }

    @Test
    void aSampledPatchCarriesItsContextInTheOrderOfTheGrid() {
        int index = PLAN.sampleGrid().index(new Cell(6, 2));
        Task.Sample sample = ((Task.Fill) tasks.task(PLAN.sampleStage(), index)).sample();
        assertThat(sample.context()).hasSize(PLAN.graph().readCount(PLAN.sampleStage(), index));
        assertThat(sample.context().get(0).columnOffset()).isEqualTo(-2);
        assertThat(sample.context())
                .allSatisfy(patch -> assertThat(patch.tokens())
                        .isEqualTo(tokensThatNameTheirPlace(
                                PLAN.sampleStage(),
                                PLAN.sampleGrid().index(6 + patch.columnOffset(), 2 + patch.rowOffset(), 0))));
        assertThat(sample.context())
                .extracting(patch -> 10 * patch.rowOffset() + patch.columnOffset())
                .isSorted();
    }

    @Test
    void whereTheCanvasWrapsThePatchesAcrossTheSeamAreThoseBesideIt() {
        TaskBuilder round = onARing();
        var sample = (Task.Sample) round.task(0, RING.sampleGrid().index(new Cell(11, 2)));
        assertThat(sample.context())
                .anySatisfy(patch -> {
                    assertThat(patch.columnOffset()).isEqualTo(1);
                    assertThat(patch.rowOffset()).isEqualTo(1);
                    assertThat(patch.tokens()).isEqualTo(namePlaces(new Cell(0, 3)));
                })
                .allSatisfy(patch -> assertThat(patch.columnOffset()).isBetween(-2, 2));
        assertThat(sample.context()).hasSize(18);
    }

    @Test
    void whereTheCanvasWrapsATilesWindowGoesOnAtTheOtherSide() {
        TaskBuilder round = onARing();
        var first = (Task.Decode) round.task(1, 0);
        var last = (Task.Decode) round.task(1, RING.tileGrid().columns() - 1);
        int side = first.window().columns();
        for (int row = 0; row < side; row++) {
            for (int margin = 0; margin < 10; margin++) {
                // Five tokens beyond the seam on each side of it.
                assertThat(first.window().tokens()[row * side + margin])
                        .isEqualTo(last.window().tokens()[row * side + side - 10 + margin]);
            }
        }
    }

    /** A panorama of 12 x 4 patches. */
    private static final Plan RING =
            Planner.plan(Specs.wrapped(Specs.unconditional(768, 256, "omega")), Specs.MODEL, Optional.empty());

    private static TaskBuilder onARing() {
        return new TaskBuilder(
                RING, (stage, index) -> namePlaces(RING.sampleGrid().cell(index)), Optional.empty());
    }

    @Test
    void aSampledPatchKnowsWhereItLiesOnThePicturesAxis() {
        var sample =
                (Task.Sample) tasks.task(PLAN.sampleStage(), PLAN.sampleGrid().index(new Cell(7, 2)));
        assertThat(sample.topPosition()).isEqualTo((128 - 63) / 200.0);
        assertThat(sample.bottomPosition()).isEqualTo((192 - 63) / 200.0);
    }

    @Test
    void aTileIsDecodedFromItsTokensAndAMarginAroundThem() {
        var decode =
                (Task.Decode) tasks.task(PLAN.decodeStage(), PLAN.tileGrid().index(new Cell(1, 1)));
        assertThat(decode.window().columns()).isEqualTo(32 + 2 * 5);
        for (int y = 0; y < 42; y++) {
            for (int x = 0; x < 42; x++) {
                assertThat(decode.window().tokens()[y * 42 + x]).isEqualTo(token(32 - 5 + x, 32 - 5 + y));
            }
        }
        assertThat(decode.widthPixels()).isEqualTo(256);
    }

    @Test
    void aTileOfAVideoCarriesTheTokensOfAsManyFramesBeforeAsTheModelLooksAt() {
        Plan video = Planner.plan(
                Specs.on(new Canvas(300, 200, 5), Specs.unconditional(300, 200, "omega")),
                Specs.VIDEO_MODEL,
                Optional.empty());
        TaskBuilder frames = new TaskBuilder(
                video,
                (stage, index) -> {
                    short[] tokens = new short[TOKENS * TOKENS];
                    Arrays.fill(tokens, (short) video.sampleGrid().frameOf(index));
                    return tokens;
                },
                Optional.empty());
        for (int frame = 0; frame < 5; frame++) {
            int tile = video.tileGrid().index(1, 0, frame);
            var decode = (Task.Decode) frames.task(video.decodeStage(), tile);
            assertThat(decode.window().tokens()).containsOnly((short) frame);
            assertThat(decode.before()).hasSize(Math.min(2, frame));
            for (int back = 1; back <= decode.before().size(); back++) {
                assertThat(decode.before().get(back - 1).tokens())
                        .hasSameSizeAs(decode.window().tokens())
                        .containsOnly((short) (frame - back));
            }
            Set<Integer> read = new HashSet<>();
            video.graph()
                    .forEachRead(
                            video.decodeStage(),
                            tile,
                            (stage, index) -> read.add(video.sampleGrid().frameOf(index)));
            assertThat(read).containsExactlyInAnyOrderElementsOf(range(Math.max(0, frame - 2), frame));
        }
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void beyondTheLastPatchesTheirBorderIsRepeatedAndTheTileIsCutOff() {
        var upperLeft = (Task.Decode) tasks.task(PLAN.decodeStage(), 0);
        assertThat(upperLeft.window().tokens()[0]).isEqualTo(token(0, 0));
        assertThat(upperLeft.window().tokens()[5 * 42 + 6]).isEqualTo(token(1, 0));

        var lowerRight =
                (Task.Decode) tasks.task(PLAN.decodeStage(), PLAN.tileGrid().cellCount() - 1);
        assertThat(lowerRight.widthPixels()).isEqualTo(600 - 512);
        assertThat(lowerRight.heightPixels()).isEqualTo(550 - 512);
        assertThat(lowerRight.window().tokens()[42 * 42 - 1]).isEqualTo(token(79, 71));
        assertThat(lowerRight.window().tokens()[0]).isEqualTo(token(59, 59));
    }

    @Test
    void aPatchThatThePictureCoversInPartKeepsTheTokensItCoversWholly() {
        // The picture spans columns 127 to 427 and rows 63 to 263: its last column of patches ends at 384.
        var right = (Task.Fill) tasks.task(PLAN.sampleStage(), PLAN.sampleGrid().index(new Cell(6, 2)));
        assertThat(right.left()).isZero();
        assertThat(right.right()).isEqualTo((427 - 384) / 8);
        assertThat(right.top()).isZero();
        assertThat(right.bottom()).isEqualTo(8);
        assertThat(pixel(right.window(), 16, 16)).containsExactly((384 - 127) & 0xff, 128 - 63, 42);

        // Of the row of patches that begins at 256 it covers seven pixels, less than a token.
        assertThat(tasks.task(PLAN.sampleStage(), PLAN.sampleGrid().index(new Cell(2, 4))))
                .isInstanceOf(Task.Sample.class);
    }

    @Test
    void aTileCarriesThePixelsThatThePictureHasOnIt() {
        var decode =
                (Task.Decode) tasks.task(PLAN.decodeStage(), PLAN.tileGrid().index(new Cell(1, 0)));
        assertThat(decode.known().x()).isZero();
        assertThat(decode.known().y()).isEqualTo(63);
        assertThat(decode.known().pixels().widthPixels()).isEqualTo(427 - 256);
        assertThat(decode.known().pixels().heightPixels()).isEqualTo(256 - 63);
        assertThat(pixel(decode.known().pixels(), 0, 0)).containsExactly(256 - 127, 0, 42);
        var beside =
                (Task.Decode) tasks.task(PLAN.decodeStage(), PLAN.tileGrid().index(new Cell(2, 0)));
        assertThat(beside.known().isEmpty()).isTrue();
    }

    @Test
    void aTileThatThePictureCoversIsNotDecoded() {
        Plan covered = Planner.plan(
                Specs.extension(600, 256, 0, -3, "auto"), Specs.MODEL, Optional.of(new PictureSize(300, 300)));
        Picture grey = Picture.of(new PixelBlock(300, 300, new byte[3 * 300 * 300]));
        var decode =
                (Task.Decode) new TaskBuilder(covered, TaskBuilderTest::tokensThatNameTheirPlace, Optional.of(grey))
                        .task(covered.decodeStage(), 0);
        assertThat(decode.isKnown()).isTrue();
        assertThat(decode.window()).isEqualTo(TokenBlock.EMPTY);
    }

    @Test
    void aPatchOverALayoutCarriesTheTokensBeneathAndAroundIt() {
        Plan tall = planOverLayout();
        TaskBuilder overLayout = new TaskBuilder(
                tall,
                (stage, index) -> namePlaces(tall.graph().stage(stage).grid().cell(index)),
                Optional.empty());
        var sample = (Task.Sample)
                overLayout.task(tall.sampleStage(), tall.sampleGrid().index(new Cell(5, 9)));
        // Patch (5, 9) lies over the layout's tokens (10, 18) to (11, 19).
        assertThat(sample.layout().columns()).isEqualTo(4);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                assertThat(sample.layout().tokens()[4 * y + x]).isEqualTo(token(9 + x, 17 + y));
            }
        }
        var first = (Task.Sample) overLayout.task(tall.sampleStage(), 0);
        assertThat(first.layout().tokens()[0]).isEqualTo(token(0, 0));
        assertThat(first.layout().tokens()[5]).isEqualTo(token(0, 0));
        var layout = (Task.Sample) overLayout.task(0, 0);
        assertThat(layout.layout()).isEqualTo(TokenBlock.EMPTY);
        assertThat(layout.bottomPosition()).isEqualTo(4 * first.bottomPosition());
    }

    @Test
    void asksForNoTokensButThoseThatThePatchReads() {
        asksForWhatItReads(PLAN, Optional.of(PICTURE));
        asksForWhatItReads(planOverLayout(), Optional.empty());
    }

    private static void asksForWhatItReads(Plan plan, Optional<Picture> picture) {
        for (int number = 0; number < plan.graph().stages().size(); number++) {
            for (int index = 0; index < plan.graph().cellCount(number); index++) {
                Set<PatchId> reads = new HashSet<>();
                Set<PatchId> asked = new HashSet<>();
                plan.graph()
                        .forEachRead(
                                number,
                                index,
                                (stage, read) -> reads.add(plan.graph().patch(stage, read)));
                new TaskBuilder(
                                plan,
                                (stage, read) -> {
                                    PatchId patch = plan.graph().patch(stage, read);
                                    asked.add(patch);
                                    return namePlaces(patch.cell());
                                },
                                picture)
                        .task(number, index);
                assertThat(asked).isEqualTo(reads);
            }
        }
    }

    private static Plan planOverLayout() {
        return Planner.plan(Specs.unconditional(600, 1600, "omega"), Specs.MODEL_OF_LAYOUTS, Optional.empty());
    }

    private static short token(int tokenColumn, int tokenRow) {
        return (short) (tokenRow * 100 + tokenColumn);
    }

    private static short[] tokensThatNameTheirPlace(int stage, int index) {
        return namePlaces(PLAN.graph().stage(stage).grid().cell(index));
    }

    private static short[] namePlaces(Cell cell) {
        short[] tokens = new short[TOKENS * TOKENS];
        for (int at = 0; at < tokens.length; at++) {
            tokens[at] = token(cell.column() * TOKENS + at % TOKENS, cell.row() * TOKENS + at / TOKENS);
        }
        return tokens;
    }

    private static int[] pixel(PixelBlock block, int x, int y) {
        int at = 3 * (y * block.widthPixels() + x);
        return new int[] {block.rgb()[at] & 0xff, block.rgb()[at + 1] & 0xff, block.rgb()[at + 2] & 0xff};
    }
}
