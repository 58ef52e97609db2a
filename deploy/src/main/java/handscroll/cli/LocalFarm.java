package handscroll.cli;

/** Opens a farm in this process. */
final class LocalFarm {

    static Farm open(FarmOptions options) {
        throw new CommandFailure(
                ExitCode.FAILED, "This build has no farm yet, so nothing can be rendered with " + options);
    }

    private LocalFarm() {}
}
