package handscroll.cli;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process of the farm is made of.
 *
 * @param config everything else: the files of {@code config/} over the reference of all modules
 * @param coordinates whether the coordinator, its journal and its HTTP server run here
 * @param slotCount worker slots in this process; 0 for a coordinator alone
 * @param stateDirectory where journal, model states and logs lie; one process at a time
 * @param join where the farm's coordinators answer, this one perhaps among them; empty for a farm that begins here
 */
public record FarmOptions(Config config, boolean coordinates, int slotCount, Path stateDirectory, List<HostPort> join) {

    public FarmOptions {
        join = List.copyOf(join);
        if (!coordinates && slotCount == 0) {
            throw new IllegalArgumentException("a process that neither coordinates nor works has nothing to do");
        }
    }
}
