package handscroll.cli;

/** What scripts are told; these numbers keep their meaning. */
final class ExitCode {
    static final int DONE = 0;
    /** The job failed, or something went wrong that no input explains. */
    static final int FAILED = 1;
    /** The input was refused before anything was started. */
    static final int REFUSED = 2;
    /** Done, with patches that could not be rendered and were left out. */
    static final int DONE_WITH_GAPS = 3;

    static final int OUT_OF_REACH = 4;
    /** Stopped by the user; what is rendered is kept, and the job can be resumed. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
