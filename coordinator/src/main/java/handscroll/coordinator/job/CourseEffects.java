package handscroll.coordinator.job;

import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.TaskResult;
import java.util.List;

/** What follows from what a {@link JobCourse} decides, each answered by the call that is named here. */
public interface CourseEffects {

    /** Plans the job and restores what was rendered before: {@link JobCourse#prepared} or {@link JobCourse#notPrepared}. */
    void prepare();

    /** Tiles of this job can be taken from now on. */
    void takeTiles();

    /** To the lease desk, which answers with {@link JobCourse#rendered} or {@link JobCourse#givenUp}. */
    void offer(int stage, List<OfferedTask> tasks);

    /** The lease desk hears that so many results of a stage are in the log, after it was offered what they made ready. */
    void logged(int stage, int patchCount);

    /** These patches are read by no later one. */
    void release(List<PatchId> patches);

    /** Appends to the token log: {@link JobCourse#logged} or {@link JobCourse#trouble}. */
    void log(List<TaskResult.Tokens> tokens);

    /** A lease's results were taken, {@code tokenCount} of them tokens. */
    void accepted(WorkTime work, int tokenCount);

    /** Into the journal, tried until it is there: {@link JobCourse#recorded}. */
    void record(JobEvent event);

    /** The lease desk forgets the job: {@link JobCourse#withdrawn}, after which it says nothing more of it. */
    void withdraw();

    /** The lease desk hands out nothing more of it, and forgets it when workers are through: {@link JobCourse#withdrawn}. */
    void windDown();

    /** The journal has its pause, and workers finish what they hold. */
    void windingDown();

    /** Every cell is rendered; the picture is whole with {@link JobCourse#pictureFinished}. */
    void finishPicture();

    /** Writes into the manifest that the picture is whole: {@link JobCourse#manifestWritten}. */
    void completeManifest();

    /** Will be paused or fail for this, as soon as the journal has taken it. */
    void stopping(String cause);

    /** Of a job that is over and closed: {@link JobCourse#tilesDeleted} or {@link JobCourse#tilesKept}. */
    void deleteTiles();

    /** It was said in the journal, too. */
    void saidThatTilesAreDeleted(String sentence);

    /** No longer takes tiles; closes log and picture: {@link JobCourse#closed}. */
    void close();

    /** The state is another one: paused or over. */
    void stopped();

    /** A stopped job goes on; {@link #prepare} follows. */
    void resumed();
}
