package handscroll.worker.lease;

import java.util.Locale;

/** Tells by what was thrown whether the device is to blame; torch says it in words only. */
final class DeviceTrouble {

    static boolean isOutOfMemory(Throwable thrown) {
        return says(thrown, "out of memory", "not enough memory", "cannot allocate memory")
                || thrown instanceof OutOfMemoryError;
    }

    static boolean isDevice(Throwable thrown) {
        return thrown instanceof LinkageError
                || says(thrown, "cuda error", "cudnn error", "cublas error", "device-side");
    }

    private static boolean says(Throwable thrown, String... words) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            for (String word : words) {
                if (message.contains(word)) {
                    return true;
                }
            }
        }
        return false;
    }

    private DeviceTrouble() {}
}
