package handscroll.protocol.tile;

import com.typesafe.config.Config;

/** What both ends of a tile stream must agree on; {@code handscroll.protocol.tile} in reference.conf explains it. */
public record TileLimits(int frameBytes) {

    /** @param config the whole configuration */
    public static TileLimits from(Config config) {
        return new TileLimits(Math.toIntExact(config.getBytes("handscroll.protocol.tile.maximum-frame-size")));
    }
}
