package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.job.Jobs.State;
import handscroll.protocol.canvas.Canvas;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobJsonTest {

    private static final String STATUS = """
            {"job":"sky","name":"sky","state":"paused","over":false,"task":"extension","model":"starry-night",\
            "direction":"auto","priority":50,"seed":"20221",\
            "canvas":{"widthPixels":512,"heightPixels":300,"frameCount":1},\
            "tiles":{"columns":2,"rows":2,"pixels":256,"encoding":"png"},\
            "stages":[{"name":"sample","cellCount":40,"renderedCount":10,"leasedCount":8,"readyCount":12},\
            {"name":"decode","cellCount":4,"renderedCount":1,"leasedCount":0,"readyCount":0}],\
            "criticalPath":120,"directory":"out/sky","accepted":"2026-11-22T10:15:30Z",\
            "elapsedSeconds":61.5,"remainingSeconds":183.0,"boundSeconds":74.0,"patchesPerSecond":23.75,\
            "workerCount":2,"placeholderCount":0,"work":{"samplingSeconds":50.0,"decodingSeconds":6.0,"encodingSeconds":2.5,\
            "statesFound":0,"statesMade":0,"slotSeconds":123.0,\
            "lostSeconds":1.25,"awaitingContextSeconds":9.0,"returnedCount":16,\
            "copiedSeconds":3.0,"disputedCount":0},\
            "cause":"The disk is full."}""";

    @Test
    void theFieldsOfAStatusKeepTheirNames() {
        var status = FakeJobDesk.rendering("sky", new Canvas(512, 300, 1), Path.of("out/sky"), 256);
        var paused = FakeJobDesk.in(status, State.PAUSED, 10, Optional.of("The disk is full."));
        assertThat(JobJson.text(JobJson.status(paused))).isEqualTo(STATUS);
    }

    @Test
    void aProblemPointsIntoTheJobAsItWouldStandInJson() {
        assertThat(JobJson.pointer("canvas.width")).isEqualTo("/canvas/width");
        assertThat(JobJson.pointer("input.at[1]")).isEqualTo("/input/at/1");
        assertThat(JobJson.pointer("sampling.top-k")).isEqualTo("/sampling/top-k");
        assertThat(JobJson.pointer("String: 3")).isEmpty();
        assertThat(JobJson.pointer("job")).isEmpty();
    }

    @Test
    void whatIsUnknownIsNull() {
        var status = FakeJobDesk.rendering("sky", new Canvas(512, 300, 1), Path.of("out/sky"), 256);
        assertThat(JobJson.text(JobJson.status(status))).contains("\"cause\":null");
    }
}
