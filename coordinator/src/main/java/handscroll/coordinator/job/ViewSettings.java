package handscroll.coordinator.job;

import com.typesafe.config.Config;

/**
 * What a job remembers for those who look at it; {@code reference.conf} says what the keys are for.
 *
 * @param rememberedEvents that are told again to a viewer that lost its connection
 * @param cellChanges that are told one by one at a time; of more, only that there were
 * @param widthSamples of the curve of the wavefront's width
 * @param endedMaps jobs that are over and whose map is kept
 */
record ViewSettings(int rememberedEvents, int cellChanges, int widthSamples, int endedMaps) {

    static ViewSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.job.view");
        return new ViewSettings(
                block.getInt("remembered-events"),
                block.getInt("cell-changes"),
                block.getInt("width-samples"),
                block.getInt("ended-maps"));
    }
}
