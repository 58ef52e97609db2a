package handscroll.worker.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.NativeLibrary;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts libtorch the way the farm needs it: offline, one intra-op thread a call, no graph optimiser.
 *
 * <p>One thread a call, because farms scale by workers: two threads inside one call collapse on a busy
 * machine and change the last bits of sums.
 */
public final class LibTorch {

    private static final Logger LOG = LoggerFactory.getLogger(LibTorch.class);
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
            heedLogLevel();
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

    /**
     * The device of that name.
     *
     * @param name {@code auto} (the first CUDA device where libtorch finds one, else the CPU), {@code
     *     cpu}, or {@code cuda:N}
     * @throws Refusal when there is no such device
     */
    public static Device device(String name) {
        start();
        int gpuCount = Engine.getEngine("PyTorch").getGpuCount();
        if (name.equals("auto")) {
            return gpuCount > 0 ? Device.gpu(0) : Device.cpu();
        }
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        for (int gpu = 0; gpu < gpuCount; gpu++) {
            if (name.equals("cuda:" + gpu)) {
                return Device.gpu(gpu);
            }
        }
        throw new Refusal(
                "This worker cannot start:",
                List.of(new Problem(
                        "handscroll.worker.djl.device",
                        "\"" + name + "\" is not there, libtorch finds " + gpuCount + " CUDA devices",
                        "use auto, cpu, or one of those devices")));
    }

    /** The version of libtorch that makes the bits, for manifests and provenance. */
    public static String version() {
        start();
        return Engine.getEngine("PyTorch").getVersion();
    }

    /**
     * What the bits of a result depend on besides the model: workers of one class make the same ones.
     * GPU and CPU never agree, nor do CPUs with and without bf16 units.
     */
    public static String deviceClass(Device device) {
        if (device.isGpu()) {
            return "cuda-bf16";
        }
        String flags = cpuFlags();
        if (flags.contains(" amx_bf16 ")) {
            return "cpu-bf16-amx";
        } else if (flags.contains(" avx512_bf16 ")) {
            return "cpu-bf16-avx512";
        }
        return flags.contains(" avx512f ") ? "cpu-fp32-avx512" : "cpu-fp32";
    }

    /** Number types as TorchScript counts them: bf16 where the device multiplies it fast, else fp32. */
    static long numberType(Device device) {
        return deviceClass(device).contains("bf16") ? 15 : 6;
    }

    private static String cpuFlags() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> line + " ")
                    .orElse("");
        } catch (IOException e) {
            return ""; // no Linux: the class without any claims
        }
    }

    /**
     * libtorch reads {@code TORCH_CPP_LOG_LEVEL} in a start-up routine that only Python calls; without it, each training begins
     * with a warning about libtorch's own calls. {@code c10::initLogging()} by the name its compiler gave it; a
     * library that has none warns as before.
     */
    private static void heedLogLevel() {
        try {
            NativeLibrary.getInstance("c10")
                    .getFunction("_ZN3c1011initLoggingEv")
                    .invokeVoid(new Object[0]);
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("libtorch warns on its own: {}", e.getMessage());
        }
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
