package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;
import handscroll.worker.seam.BorderScores;
import handscroll.worker.seam.BorderScores.Comparison;
import handscroll.worker.seam.BorderScores.Piece;
import handscroll.worker.seam.Calibration;
import handscroll.worker.seam.Luminance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scores of the borders between the patches of a video. A border stays where it is from frame to frame, so each is
 * averaged over the frames: what is left of one is what an eye would see stand still.
 */
final class FrameBorders {

    /** @param worst the border with the highest score, averaged over the frames as all are */
    record Scores(double mean, Piece worst) {}

    private final int width;
    private final int height;
    private final int patchPixels;
    private final List<List<Piece>> onGrid = new ArrayList<>();
    private final List<List<Piece>> offGrid = new ArrayList<>();

    FrameBorders(int widthPixels, int heightPixels, int patchPixels) {
        this.width = widthPixels;
        this.height = heightPixels;
        this.patchPixels = patchPixels;
    }

    /** Adds the next frame. */
    void add(PixelBlock frame) {
        var calibration = new Calibration();
        pieces(frame, patchPixels / 2, calibration);
        Comparison comparison = Calibration.with(calibration.regulariser());
        onGrid.add(pieces(frame, 0, comparison));
        offGrid.add(pieces(frame, patchPixels / 2, comparison));
    }

    private List<Piece> pieces(PixelBlock frame, int offset, Comparison comparison) {
        var scores = new BorderScores(width, height, false, patchPixels, offset, comparison);
        byte[] rgb = frame.rgb();
        char[] row = new char[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = 3 * (y * width + x);
                row[x] = Luminance.of((rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
            }
            scores.accept(row);
        }
        return scores.pieces();
    }

    /** Where patches meet; empty for frames of a single patch. */
    Optional<Scores> borders() {
        return averaged(onGrid);
    }

    /** Half a patch beside, where none do. */
    Optional<Scores> between() {
        return averaged(offGrid);
    }

    private static Optional<Scores> averaged(List<List<Piece>> frames) {
        List<Piece> places = frames.isEmpty() ? List.of() : frames.get(0);
        double sum = 0;
        Optional<Piece> worst = Optional.empty();
        for (int i = 0; i < places.size(); i++) {
            int place = i;
            double score = frames.stream()
                    .mapToDouble(pieces -> pieces.get(place).score())
                    .average()
                    .orElseThrow();
            sum += score;
            if (worst.isEmpty() || score > worst.get().score()) {
                Piece piece = places.get(i);
                worst = Optional.of(new Piece(piece.border(), piece.xPixels(), piece.yPixels(), score));
            }
        }
        double mean = sum / places.size();
        return worst.map(piece -> new Scores(mean, piece));
    }
}
