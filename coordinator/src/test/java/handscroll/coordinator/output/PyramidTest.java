package handscroll.coordinator.output;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import org.junit.jupiter.api.Test;

class PyramidTest {

    @Test
    void countsTheLevelsOfAWideScroll() {
        Pyramid scroll = new Pyramid(38912, 2048, 256);
        assertThat(scroll.levelCount()).isEqualTo(17);
        assertThat(scroll.grid(16)).isEqualTo(new Grid(152, 8, 1));
        assertThat(scroll.grid(15)).isEqualTo(new Grid(76, 4, 1));
        assertThat(scroll.grid(8)).isEqualTo(new Grid(1, 1, 1));
        assertThat(scroll.widthPixels(0)).isEqualTo(1);
        assertThat(scroll.heightPixels(0)).isEqualTo(1);
    }

    @Test
    void hasOneLevelMoreThanTheLogarithmOfTheLongerSide() {
        assertThat(new Pyramid(1, 1, 256).levelCount()).isEqualTo(1);
        assertThat(new Pyramid(2, 1, 256).levelCount()).isEqualTo(2);
        assertThat(new Pyramid(3, 2, 256).levelCount()).isEqualTo(3);
        assertThat(new Pyramid(4, 4, 256).levelCount()).isEqualTo(3);
        assertThat(new Pyramid(5, 4, 256).levelCount()).isEqualTo(4);
        assertThat(new Pyramid(256, 256, 256).levelCount()).isEqualTo(9);
        assertThat(new Pyramid(257, 1, 256).levelCount()).isEqualTo(10);
        assertThat(new Pyramid(Integer.MAX_VALUE, 1, 256).levelCount()).isEqualTo(32);
    }

    @Test
    void halvesEachLevelRoundingUp() {
        Pyramid odd = new Pyramid(1001, 333, 256);
        for (int level = odd.topLevel(); level > 0; level--) {
            assertThat(odd.widthPixels(level - 1)).isEqualTo((odd.widthPixels(level) + 1) / 2);
            assertThat(odd.heightPixels(level - 1)).isEqualTo((odd.heightPixels(level) + 1) / 2);
        }
    }

    @Test
    void makesAParentOfFourChildrenAndOfFewerAtTheBorders() {
        Pyramid pyramid = new Pyramid(3 * 256, 256 + 1, 256);
        int below = pyramid.topLevel() - 1;
        assertThat(pyramid.children(new TileId(below, 0, 0)))
                .containsExactly(top(pyramid, 0, 0), top(pyramid, 1, 0), top(pyramid, 0, 1), top(pyramid, 1, 1));
        assertThat(pyramid.children(new TileId(below, 1, 0))).containsExactly(top(pyramid, 2, 0), top(pyramid, 2, 1));
        assertThat(pyramid.children(new TileId(0, 0, 0))).containsExactly(new TileId(1, 0, 0));
        assertThat(pyramid.children(top(pyramid, 0, 0))).isEmpty();
    }

    @Test
    void givesEachTileExactlyTheRoomOfItsChildrenAtHalfSize() {
        for (int width = 1; width <= 40; width++) {
            for (int height = 1; height <= 40; height += 3) {
                Pyramid pyramid = new Pyramid(width, height, 4);
                for (int level = 0; level < pyramid.topLevel(); level++) {
                    Grid grid = pyramid.grid(level);
                    for (int index = 0; index < grid.cellCount(); index++) {
                        TileId tile = new TileId(level, grid.columnOf(index), grid.rowOf(index));
                        int area = pyramid.children(tile).stream()
                                .mapToInt(child -> pyramid.halfWidth(child) * pyramid.halfHeight(child))
                                .sum();
                        assertThat(area).isEqualTo(pyramid.tileWidth(tile) * pyramid.tileHeight(tile));
                    }
                }
            }
        }
    }

    private static TileId top(Pyramid pyramid, int column, int row) {
        return new TileId(pyramid.topLevel(), column, row);
    }
}
