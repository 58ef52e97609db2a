package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.coordinator.plan.Picture;
import handscroll.protocol.task.PixelBlock;
import handscroll.worker.seam.BorderScores.Border;
import handscroll.worker.seam.BorderScores.Piece;
import handscroll.worker.seam.Calibration;
import java.awt.Point;
import java.awt.Rectangle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentTest {

    private static final int PATCH = 64;

    @Test
    void blocksLieHalfAPatchBesideThePatchesAndOutsideOfWhatWasGiven() {
        var known = new Rectangle(100, 0, 300, 256);
        List<Point> places = BlockPlaces.amongPatches(1000, 512, PATCH, Optional.of(known), 40, 7);
        assertThat(places).hasSize(40).doesNotHaveDuplicates().allSatisfy(place -> {
            assertThat(place.x % PATCH).isEqualTo(32);
            assertThat(place.y % PATCH).isEqualTo(32);
            assertThat(place.x + PATCH).isLessThanOrEqualTo(1000);
            assertThat(known.intersects(place.x, place.y, PATCH, PATCH)).isFalse();
        });
        assertThat(BlockPlaces.amongPatches(1000, 512, PATCH, Optional.of(known), 40, 7))
                .isEqualTo(places);
    }

    @Test
    void aGigapixelIsNotWalkedThrough() {
        assertThat(BlockPlaces.amongPatches(1 << 20, 1 << 20, PATCH, Optional.empty(), 50, 1))
                .hasSize(50);
    }

    @Test
    void theFrechetDistanceOfShiftedSetsIsTheirShiftSquared() {
        float[][] some = normal(60, 5, 1);
        float[][] shifted = new float[some.length][];
        for (int i = 0; i < some.length; i++) {
            shifted[i] = some[i].clone();
            shifted[i][2] += 3;
        }
        FeatureDistance distance = FeatureDistance.between(some, shifted, 1);
        assertThat(distance.fid()).isCloseTo(9, within(1e-4));
        assertThat(distance.kid()).isGreaterThan(10 * distance.kidError());
        assertThat(FeatureDistance.between(some, some, 1).fid()).isCloseTo(0, within(1e-4));
    }

    @Test
    void twoSetsOfOneKindLieNoFurtherApartThanChanceTakesThem() {
        FeatureDistance distance = FeatureDistance.between(normal(200, 5, 1), normal(200, 5, 2), 1);
        assertThat(Math.abs(distance.kid())).isLessThan(4 * distance.kidError());
    }

    @Test
    void aCopyLiesAtZeroAndSomethingElseDoesNot() throws IOException {
        PictureBlocks source = noise(256, 192, 1);
        List<Point> own = BlockPlaces.anywhere(256, 192, PATCH, 10, 3);
        List<Point> placed = List.of(new Point(32, 32), new Point(96, 96), new Point(128, 64));
        Novelty copied = Novelty.of(source, placed, source, own, PATCH);
        assertThat(copied.median()).isZero();
        assertThat(copied.nearShare()).isEqualTo(1);
        Novelty drawn = Novelty.of(noise(256, 192, 2), placed, source, own, PATCH);
        assertThat(drawn.nearest()).isGreaterThan(10);
        assertThat(drawn.sourceMedian()).isCloseTo(drawn.median(), within(3.0));
    }

    @Test
    void aDriftIsToldFromNoise() {
        Drift level = Drift.of(pieces(0), Optional.empty(), PATCH);
        assertThat(level.isLevel()).isTrue();
        Drift rising = Drift.of(pieces(0.05), Optional.empty(), PATCH);
        assertThat(rising.isLevel()).isFalse();
        assertThat(rising.slope()).isCloseTo(0.05, within(rising.error()));
        assertThat(DriftPlot.of(rising).getWidth()).isPositive();
    }

    @Test
    void distanceIsCountedFromTheGivenPictureOnAllSides() {
        var known = new Rectangle(640, 640, 128, 128);
        Drift drift = Drift.of(
                List.of(
                        new Piece(Border.VERTICAL, 640, 700, 9),
                        new Piece(Border.VERTICAL, 640 - 128, 640, 1),
                        new Piece(Border.HORIZONTAL, 640, 768 + 128, 3)),
                Optional.of(known),
                PATCH);
        assertThat(drift.rings()).containsExactly(new Drift.Ring(128, 2, 2));
        assertThat(drift.slope()).isNaN();
    }

    @Test
    void theBorderOfTheGivenPictureIsScoredWhereverItLies() {
        var border = new KnownBorder(new Rectangle(37, 21, 130, 90), 300, 200);
        Random random = new Random(4);
        for (int y = 0; y < 200; y++) {
            char[] row = new char[300];
            for (int x = 0; x < 300; x++) {
                boolean inside = x >= 37 && x < 167 && y >= 21 && y < 111;
                row[x] = (char) (256 * (100 + random.nextInt(20) + (inside ? 60 : 0)));
            }
            border.accept(row);
        }
        List<Piece> pieces = border.pieces(PATCH, Calibration.with(10));
        assertThat(pieces)
                .hasSize(2 * 2 + 2 * 3)
                .allSatisfy(piece -> assertThat(piece.score()).isGreaterThan(2));
        assertThat(pieces).extracting(Piece::xPixels).contains(37, 167, 37 + 64);
        assertThat(new KnownBorder(new Rectangle(-5, -5, 400, 400), 300, 200).pieces(PATCH, Calibration.with(10)))
                .isEmpty();
    }

    private static float[][] normal(int count, int features, long seed) {
        Random random = new Random(seed);
        float[][] set = new float[count][features];
        for (float[] one : set) {
            for (int k = 0; k < features; k++) {
                one[k] = (float) random.nextGaussian();
            }
        }
        return set;
    }

    private static PictureBlocks noise(int width, int height, long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new PictureBlocks.InMemory(Picture.of(new PixelBlock(width, height, rgb)));
    }

    private static List<Piece> pieces(double slopePer1000) {
        Random random = new Random(5);
        List<Piece> pieces = new ArrayList<>();
        for (int x = PATCH; x < 12_000; x += PATCH) {
            for (int y = 0; y < 512; y += PATCH) {
                pieces.add(new Piece(Border.VERTICAL, x, y, 1 + slopePer1000 * x / 1000 + 0.2 * random.nextGaussian()));
            }
        }
        return pieces;
    }
}
