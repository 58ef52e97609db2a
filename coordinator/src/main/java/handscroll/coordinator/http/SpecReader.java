package handscroll.coordinator.http;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;

/** Makes a job spec of the text that was posted, HOCON or JSON; the text comes from a stranger. */
@FunctionalInterface
public interface SpecReader {

    /** @throws Refusal with everything that is wrong with it */
    JobSpec read(String text);
}
