package handscroll.coordinator.job;

import com.typesafe.config.Config;

/** @param openJobs that may be open at a time; {@code reference.conf} says when to change it */
record IntakeSettings(int openJobs) {

    static IntakeSettings from(Config config) {
        return new IntakeSettings(config.getInt("handscroll.coordinator.job.intake.open-jobs"));
    }
}
