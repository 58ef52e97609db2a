package handscroll.cli.evaluate;

import handscroll.worker.seam.BorderScores;
import handscroll.worker.seam.BorderScores.Border;
import handscroll.worker.seam.BorderScores.Piece;
import handscroll.worker.seam.Calibration;
import java.awt.Rectangle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * What the scores of all borders of one picture come to.
 *
 * @param regulariser the c of the score, in grey levels a pixel
 * @param pieceCount borders between two patches that were scored
 * @param missingCount borders that were not, because a tile beside them is missing
 * @param seam where the right border of a picture that wraps meets its left one; empty for a flat picture
 * @param worst the piece with the highest score; empty when there is no border at all
 * @param worstLine of the lines that run over the whole picture the one with the highest mean score: what an eye would follow
 * @param drift mean scores from left to right, so that a picture that falls apart on the way shows it
 */
record Discontinuity(
        int widthPixels,
        int heightPixels,
        double regulariser,
        int pieceCount,
        int missingCount,
        Spread all,
        Spread vertical,
        Spread horizontal,
        Optional<Spread> seam,
        Optional<Piece> worst,
        Optional<Line> worstLine,
        List<Block> drift) {

    private static final int MOST_BLOCKS = 16;

    /** Not a number when there is nothing to take it from. */
    record Spread(double mean, double p99) {
        static Spread of(DoubleStream scores) {
            double[] sorted = scores.sorted().toArray();
            if (sorted.length == 0) {
                return new Spread(Double.NaN, Double.NaN);
            }
            int rank = (int) Math.ceil(0.99 * sorted.length) - 1;
            return new Spread(DoubleStream.of(sorted).average().orElse(Double.NaN), sorted[rank]);
        }
    }

    /** @param atPixels where it lies: its x where it runs down, its y where it runs across */
    record Line(Border border, int atPixels, int pieceCount, double mean) {

        /** Not a line, but a border like others. */
        private static final int FEWEST_PIECES = 4;

        private static Line of(Border border, int at, List<Piece> pieces) {
            return new Line(
                    border,
                    at,
                    pieces.size(),
                    pieces.stream().mapToDouble(Piece::score).average().orElseThrow());
        }

        static Optional<Line> worst(List<Piece> pieces) {
            return Arrays.stream(Border.values())
                    .flatMap(border -> pieces.stream()
                            .filter(piece -> piece.border() == border)
                            .collect(Collectors.groupingBy(Line::at))
                            .entrySet()
                            .stream()
                            .map(line -> of(border, line.getKey(), line.getValue())))
                    .filter(line -> line.pieceCount() >= FEWEST_PIECES)
                    .max(Comparator.comparingDouble(Line::mean));
        }

        private static int at(Piece piece) {
            return piece.border() == Border.VERTICAL ? piece.xPixels() : piece.yPixels();
        }
    }

    /** The mean score of the borders that begin in these columns of pixels. */
    record Block(int fromPixels, int toPixels, double mean) {}

    /** Reads the picture twice: once to learn what its lines look like where no patches meet, once to score the borders. */
    static Scored of(LuminanceRows rows, boolean wraps, int patchPixels) throws IOException {
        return of(rows, wraps, patchPixels, Optional.empty());
    }

    /** @param known where a given picture lies on this one; its border is scored, too, and drift is counted from it */
    static Scored of(LuminanceRows rows, boolean wraps, int patchPixels, Optional<Rectangle> known) throws IOException {
        int width = rows.widthPixels();
        int height = rows.heightPixels();
        var calibration = new Calibration();
        rows.forEach(new BorderScores(width, height, wraps, patchPixels, patchPixels / 2, calibration)::accept);
        double regulariser = calibration.regulariser();
        var comparison = Calibration.with(regulariser);
        var onGrid = new BorderScores(width, height, wraps, patchPixels, 0, comparison);
        var offGrid = new BorderScores(width, height, wraps, patchPixels, patchPixels / 2, comparison);
        Optional<KnownBorder> knownBorder = known.map(given -> new KnownBorder(given, width, height));
        rows.forEach(row -> {
            onGrid.accept(row);
            offGrid.accept(row);
            knownBorder.ifPresent(border -> border.accept(row));
        });
        return new Scored(
                of(rows, wraps, patchPixels, regulariser, onGrid),
                of(rows, wraps, patchPixels, regulariser, offGrid),
                Drift.of(onGrid.pieces(), known, patchPixels),
                knownBorder
                        .map(border -> border.pieces(patchPixels, comparison))
                        .filter(pieces -> !pieces.isEmpty())
                        .map(Discontinuity::border));
    }

    /**
     * @param borders where patches meet
     * @param between half a patch beside, where none do: what chance alone does in this picture
     * @param knownBorder where a given picture meets what was drawn around it
     */
    record Scored(Discontinuity borders, Discontinuity between, Drift fromSeed, Optional<KnownScore> knownBorder) {}

    /** The border of the given picture, in pieces as long as a patch. */
    record KnownScore(int pieceCount, Spread all, Piece worst) {}

    private static KnownScore border(List<Piece> pieces) {
        return new KnownScore(
                pieces.size(),
                spread(pieces, Optional.empty()),
                pieces.stream().max(Comparator.comparingDouble(Piece::score)).orElseThrow());
    }

    private static Discontinuity of(
            LuminanceRows rows, boolean wraps, int patch, double regulariser, BorderScores scores) {
        List<Piece> pieces = scores.pieces();
        return new Discontinuity(
                rows.widthPixels(),
                rows.heightPixels(),
                regulariser,
                pieces.size(),
                scores.missingCount(),
                spread(pieces, Optional.empty()),
                spread(pieces, Optional.of(Border.VERTICAL)),
                spread(pieces, Optional.of(Border.HORIZONTAL)),
                wraps ? Optional.of(seam(pieces)) : Optional.empty(),
                pieces.stream().max(Comparator.comparingDouble(Piece::score)),
                Line.worst(pieces),
                drift(rows.widthPixels(), patch, pieces));
    }

    private static Spread spread(List<Piece> pieces, Optional<Border> only) {
        return Spread.of(pieces.stream()
                .filter(piece -> only.isEmpty() || only.get() == piece.border())
                .mapToDouble(Piece::score));
    }

    private static Spread seam(List<Piece> pieces) {
        return Spread.of(pieces.stream()
                .filter(piece -> piece.border() == Border.VERTICAL && piece.xPixels() == 0)
                .mapToDouble(Piece::score));
    }

    private static List<Block> drift(int width, int patch, List<Piece> pieces) {
        int columns = (width + patch - 1) / patch;
        int side = patch * Math.max(1, (columns + MOST_BLOCKS - 1) / MOST_BLOCKS);
        int blockCount = (width + side - 1) / side;
        double[] sums = new double[blockCount];
        int[] counts = new int[blockCount];
        for (Piece piece : pieces) {
            sums[piece.xPixels() / side] += piece.score();
            counts[piece.xPixels() / side]++;
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < blockCount; i++) {
            if (counts[i] > 0) {
                blocks.add(new Block(i * side, Math.min(width, (i + 1) * side), sums[i] / counts[i]));
            }
        }
        return List.copyOf(blocks);
    }

    /** By how much the mean score changes from the left of the picture to its right: the slope of a straight line through the blocks. */
    double driftOverWidth() {
        double meanX =
                drift.stream().mapToDouble(Discontinuity::middle).average().orElse(0);
        double meanY = drift.stream().mapToDouble(Block::mean).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (Block block : drift) {
            double distance = middle(block) - meanX;
            products += distance * (block.mean() - meanY);
            squares += distance * distance;
        }
        return squares == 0 ? 0 : products / squares * widthPixels;
    }

    private static double middle(Block block) {
        return (block.fromPixels() + block.toPixels()) / 2.0;
    }
}
