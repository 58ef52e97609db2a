package handscroll.cli.evaluate;

import java.awt.Point;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Where blocks are taken from a picture: drawn from a seed, so that a gigapixel costs no more than a megapixel. */
final class BlockPlaces {

    /**
     * Blocks of a patch's size half a patch beside the patches, as Block-FID has them: in the middle of each,
     * four patches meet.
     *
     * @param known where the picture was given and nothing was drawn; no block touches it
     */
    static List<Point> amongPatches(int width, int height, int patch, Optional<Rectangle> known, int most, long seed) {
        int columns = (width - patch / 2) / patch;
        int rows = (height - patch / 2) / patch;
        if (columns < 1 || rows < 1) {
            return List.of();
        }
        Random random = new Random(seed);
        List<Point> places = new ArrayList<>();
        if ((long) columns * rows <= 4L * most) {
            for (int index = 0; index < columns * rows; index++) {
                add(places, place(index % columns, index / columns, patch), patch, known);
            }
            Collections.shuffle(places, random);
        } else {
            Set<Point> tried = new HashSet<>();
            while (places.size() < most && tried.size() < 4 * most) {
                Point place = place(random.nextInt(columns), random.nextInt(rows), patch);
                if (tried.add(place)) {
                    add(places, place, patch, known);
                }
            }
        }
        return inOrder(places.subList(0, Math.min(most, places.size())));
    }

    /** Anywhere: what blocks of a picture look like that was never cut into patches. */
    static List<Point> anywhere(int width, int height, int side, int count, long seed) {
        if (width < side || height < side) {
            return List.of();
        }
        Random random = new Random(seed);
        List<Point> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.add(new Point(random.nextInt(width - side + 1), random.nextInt(height - side + 1)));
        }
        return inOrder(places);
    }

    private static Point place(int column, int row, int patch) {
        return new Point(patch / 2 + column * patch, patch / 2 + row * patch);
    }

    private static void add(List<Point> places, Point place, int side, Optional<Rectangle> known) {
        if (known.isEmpty() || !known.get().intersects(place.x, place.y, side, side)) {
            places.add(place);
        }
    }

    /** Line by line, so that each tile is read about once. */
    private static List<Point> inOrder(List<Point> places) {
        return places.stream()
                .sorted(Comparator.<Point>comparingInt(place -> place.y / 256).thenComparingInt(place -> place.x))
                .toList();
    }

    private BlockPlaces() {}
}
