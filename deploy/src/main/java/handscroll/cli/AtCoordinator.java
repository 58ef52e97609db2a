package handscroll.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks a coordinator, and prints its answer. */
abstract class AtCoordinator implements Callable<Integer> {

    @Mixin
    SharedOptions shared = new SharedOptions();

    @Mixin
    CoordinatorAddress coordinator = new CoordinatorAddress();

    @Mixin
    Printing printing = new Printing();

    CoordinatorClient client() {
        return coordinator.client(shared);
    }
}
