package handscroll.worker.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Starts libtorch the way the farm needs it: offline, one intra-op thread a call, no graph optimiser.
 *
 * <p>One thread a call, because farms scale by workers: two threads inside one call collapse on a busy
 * machine and change the last bits of sums.
 */
public final class LibTorch {

    private static final Object LOCK = new Object();
    private static boolean started;

    private LibTorch() {}

    /** Loads the engine once a process; later calls cost nothing. Any thread. */
    public static void start() {
        synchronized (LOCK) {
            if (started) {
                return;
            }
            setUnlessGiven("ai.djl.offline", "true");
            setUnlessGiven("OPT_OUT_TRACKING", "true");
            setUnlessGiven("ai.djl.pytorch.num_threads", "1");
            setUnlessGiven("ai.djl.pytorch.num_interop_threads", "1");
            setUnlessGiven("ai.djl.pytorch.graph_optimizer", "false");
            Engine.getEngine("PyTorch");
            started = true;
        }
    }

    /** A manager that owns native memory on the device until it is closed; starts libtorch if need be. */
    public static NDManager newManager(Device device) {
        start();
        return NDManager.newBaseManager(device, "PyTorch");
    }

    /**
     * Switches the recording of gradients off for this thread: what rendering threads do first. The graph
     * optimiser is off for each thread too: it recompiles for each new shape and gains nothing here.
     */
    public static void forbidGradients() {
        start();
        JniUtils.setGradMode(false);
        JniUtils.setGraphExecutorOptimize(false);
    }

    /**
     * Switches the recording of gradients on for this thread: what training threads do first. Without the
     * graph optimiser gradients come from autograd proper; its own derivatives confuse number types.
     */
    public static void allowGradients() {
        start();
        JniUtils.setGradMode(true);
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** The version of libtorch that makes the bits, for manifests and provenance. */
    public static String version() {
        start();
        return Engine.getEngine("PyTorch").getVersion();
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
