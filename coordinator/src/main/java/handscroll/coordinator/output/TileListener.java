package handscroll.coordinator.output;

/** Hears of each tile that just became durable, on the output's threads: tell an actor, and return. */
@FunctionalInterface
public interface TileListener {
    void onTile(int level, int column, int row);
}
