package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The paper's arbitrary direction controller: ways to split a canvas into patches in order. The four
 * sweeps are named after handwriting; models are trained on all of them.
 *
 * <pre>
 *   omega   down, then right        zeta   right, then down        outward  ring by ring around
 *   omega*  down, then left         zeta*  right, then up                   a given picture
 * </pre>
 *
 * The order decides what a patch sees, and with it how many can be rendered at once: with an extent
 * of 2 omega walks a canvas of 8 x 152 patches in 461 steps and remembers 19 patches, zeta in 173
 * steps and remembers 307.
 */
public enum Direction {
    OMEGA("omega"),
    OMEGA_STAR("omega*"),
    ZETA("zeta"),
    ZETA_STAR("zeta*"),
    OUTWARD("outward");

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

    /** Whether this walks the canvas line by line, so that a patch sees only one half of its surroundings. */
    public boolean isSweep() {
        return this != OUTWARD;
    }

    /**
     * Whether this sweep starts at the given cells and only grows from them: they hold its first corner
     * and the canvas' whole height or width. Then each patch has the picture, or what grew from it,
     * behind itself as it had its surroundings in training, and given cells need no special rank. In
     * any other sweep they rank first, so that patches see them that would come upon them too late;
     * the price is a context with room for all of a patch's surroundings, not for half of them.
     */
    public boolean leadsAwayFrom(Region given, Grid grid) {
        boolean holdsFirstCorner = switch (this) {
            case OMEGA, ZETA -> given.contains(0, 0);
            case OMEGA_STAR -> given.contains(grid.columns() - 1, 0);
            case ZETA_STAR -> given.contains(0, grid.rows() - 1);
            case OUTWARD -> false;
        };
        return holdsFirstCorner && (given.columns() == grid.columns() || given.rows() == grid.rows());
    }

    /**
     * This direction's order of a grid.
     *
     * @param extent how far patches look, on which the depths depend
     * @param given cells of the first frame that are known from the start
     * @throws IllegalArgumentException for outward with nothing given to start from
     */
    public Order over(Grid grid, Extent extent, Optional<Region> given) {
        if (this == OUTWARD) {
            return new Outward(
                    grid,
                    extent,
                    given.orElseThrow(() -> new IllegalArgumentException("outward starts from given cells")));
        }
        Order sweep = new Sweep(grid, extent, this);
        return given.map(region -> leadsAwayFrom(region, grid)
                        ? new GivenInPlace(region, sweep)
                        : new GivenFirst(grid, region, sweep))
                .orElse(sweep);
    }
}
