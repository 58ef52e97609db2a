package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The paper's arbitrary direction controller: ways to split a canvas into patches in order. The four
 * sweeps are named after handwriting; models are trained on all of them. The others reach further: some
 * grow to all sides, some trade what a patch sees for how many can be rendered at once.
 *
 * <pre>
 *   omega    down, then right       zeta     right, then down      outward         ring by ring around
 *   omega*   down, then left        zeta*    right, then up                        a given picture
 *
 *   diamond     5      quadrant  0 1 2      colours  0 1 0 1 0     coarse-to-fine  0 6 4 6 2
 *             4 2 4              1 2 3               2 3 2 3 2                     6 5 6 5 6
 *           3 1 0 1 3            2 3 4               0 1 0 1 0                     4 6 3 6 4
 * </pre>
 *
 * The order decides what a patch sees, and with it how many can be rendered at once: with an extent
 * of 2 omega walks a canvas of 8 x 152 patches in 461 steps and remembers 19 patches, zeta in 173
 * steps and remembers 307, quadrant needs 159 steps, colours 9 and coarse-to-fine 5.
 *
 * <p>All of them serve a canvas that wraps, whose last column and first are neighbours. A sweep's last
 * columns look across the seam at its first ones and never the other way, else each line would wait for the
 * whole one before; colours are dealt out so that they differ at the seam too. With a picture the order
 * begins at the picture, wherever that lies.
 */
public enum Direction {
    OMEGA("omega"),
    OMEGA_STAR("omega*"),
    ZETA("zeta"),
    ZETA_STAR("zeta*"),
    OUTWARD("outward"),
    DIAMOND("diamond"),
    QUADRANT("quadrant"),
    COLOURS("colours"),
    COARSE_TO_FINE("coarse-to-fine");

    /** What a job says that leaves the choice to the planner. */
    public static final String AUTO = "auto";

    private final String configName;

    Direction(String configName) {
        this.configName = configName;
    }

    public String configName() {
        return configName;
    }

    public static Optional<Direction> named(String configName) {
        return Arrays.stream(values())
                .filter(direction -> direction.configName.equals(configName))
                .findFirst();
    }

    /** All names as a user may write them. */
    public static String names() {
        return AUTO + ", " + Arrays.stream(values()).map(Direction::configName).collect(Collectors.joining(", "));
    }

    /** Whether this walks the canvas line by line and shows a patch all of the lines before it. */
    public boolean isSweep() {
        return switch (this) {
            case OMEGA, OMEGA_STAR, ZETA, ZETA_STAR -> true;
            case OUTWARD, DIAMOND, QUADRANT, COLOURS, COARSE_TO_FINE -> false;
        };
    }

    /** Whether there is no such order of a canvas with nothing given. */
    public boolean needsPicture() {
        return this == OUTWARD;
    }

    /**
     * How far patches must look at least, to the sides and up and down, so that none is drawn beside a finished one
     * without seeing it. Coarse-to-fine halves its lattice twice within sight, else it would be colours.
     */
    int leastExtent() {
        return this == COARSE_TO_FINE ? 2 : 1;
    }

    /**
     * Whether no patch sees more than half of its surroundings, near and far, unless it sees given
     * cells out of their order. Coarse-to-fine shows a patch every second one of them, which is a half
     * exactly if the extent is a square.
     */
    boolean showsAtMostHalf(Extent extent) {
        return switch (this) {
            case OMEGA, OMEGA_STAR, ZETA, ZETA_STAR, QUADRANT -> true;
            case COARSE_TO_FINE -> extent.columns() == extent.rows();
            case OUTWARD, DIAMOND, COLOURS -> false;
        };
    }

    /**
     * Whether this order starts at the given cells and only grows from them: they hold its first corner
     * and, for a sweep, the canvas' whole height or width. Then each patch has the picture, or what grew
     * from it, behind itself as it had its surroundings in training, and given cells need no special
     * rank. In any other order they rank first, so that patches see them that would come upon them too
     * late; the price is a context with room for all of a patch's surroundings, not for half of them.
     */
    public boolean leadsAwayFrom(Region given, Grid grid) {
        Region there = turned(given, grid);
        boolean holdsFirstCorner = switch (this) {
            case OMEGA, ZETA, QUADRANT -> there.contains(0, 0);
            case OMEGA_STAR -> there.contains(grid.columns() - 1, 0);
            case ZETA_STAR -> there.contains(0, grid.rows() - 1);
            case OUTWARD, DIAMOND, COLOURS, COARSE_TO_FINE -> false;
        };
        boolean isWholeSide = given.columns() == grid.columns() || given.rows() == grid.rows();
        return holdsFirstCorner && (isWholeSide || this == QUADRANT);
    }

    /**
     * This direction's order of a grid.
     *
     * @param extent how far patches look, on which the depths depend
     * @param given cells of the first frame that are known from the start
     * @throws IllegalArgumentException for outward with nothing given to start from
     */
    public Order over(Grid grid, Extent extent, Optional<Region> given) {
        int first = given.map(region -> firstColumn(region, grid)).orElse(0);
        Order order = fromItsFirstColumn(grid, extent, given.map(region -> turned(region, grid)));
        return first == 0 ? order : new Turned(grid, first, order);
    }

    /** The column where this order begins: on a canvas that wraps it depends on where the picture lies. */
    private int firstColumn(Region given, Grid grid) {
        if (!grid.wraps()) {
            return 0;
        }
        return switch (this) {
            case OMEGA, ZETA, ZETA_STAR, QUADRANT -> given.column();
            case OMEGA_STAR -> given.endColumn() % grid.columns();
            case OUTWARD, DIAMOND ->
                Math.floorMod(given.column() - (grid.columns() - given.columns()) / 2, grid.columns());
            case COLOURS, COARSE_TO_FINE -> 0;
        };
    }

    /** Where the picture lies, seen from the column where this order begins; never across the seam. */
    private Region turned(Region given, Grid grid) {
        int column = Math.floorMod(given.column() - firstColumn(given, grid), grid.columns());
        return new Region(column, given.row(), given.columns(), given.rows());
    }

    private Order fromItsFirstColumn(Grid grid, Extent extent, Optional<Region> given) {
        Order alone = switch (this) {
            case OMEGA, OMEGA_STAR, ZETA, ZETA_STAR -> new Sweep(grid, extent, this);
            case OUTWARD ->
                new Outward(
                        grid,
                        extent,
                        given.orElseThrow(() -> new IllegalArgumentException("outward starts from given cells")));
            case DIAMOND -> new Diamond(grid, extent, given);
            case QUADRANT -> new Quadrant(grid);
            case COLOURS -> new Colours(grid, extent);
            case COARSE_TO_FINE -> new CoarseToFine(grid, extent);
        };
        if (given.isEmpty() || this == OUTWARD) {
            return alone;
        }
        return leadsAwayFrom(given.get(), grid)
                ? new GivenInPlace(given.get(), alone)
                : new GivenFirst(grid, given.get(), alone);
    }
}
