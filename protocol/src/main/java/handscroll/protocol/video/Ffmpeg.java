package handscroll.protocol.video;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * Runs ffmpeg and ffprobe, which come in a jar, as programs of their own: a broken video ends a process and not
 * this one.
 */
public final class Ffmpeg {

    /** Says nothing but errors, asks nothing, and leaves its own version out of what it writes. */
    private static final List<String> PLAIN = List.of("-v", "error", "-nostdin");

    /** Feeds a program. */
    @FunctionalInterface
    public interface Input {
        void write(OutputStream stdin) throws IOException;

        Input NONE = stdin -> {};
    }

    /** Takes what a program puts out. */
    @FunctionalInterface
    public interface Output<T> {
        T read(InputStream stdout) throws IOException;
    }

    /** Runs ffmpeg to its end; what it prints is taken and not looked at. */
    public static void run(List<String> arguments, Input input) throws IOException {
        run(program(arguments), input, InputStream::readAllBytes);
    }

    /** Runs ffmpeg, which writes to {@code pipe:1}. */
    public static <T> T read(List<String> arguments, Output<T> output) throws IOException {
        return run(program(arguments), Input.NONE, output);
    }

    /** What ffprobe prints. */
    static String probe(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(path(org.bytedeco.ffmpeg.ffprobe.class), "-v", "error"));
        command.addAll(arguments);
        return new String(run(command, Input.NONE, InputStream::readAllBytes), StandardCharsets.UTF_8);
    }

    private static List<String> program(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(path(org.bytedeco.ffmpeg.ffmpeg.class)));
        command.addAll(PLAIN);
        command.addAll(arguments);
        return command;
    }

    /** Where the program was unpacked to; the libraries that it needs come beside it. */
    private static synchronized String path(Class<?> program) throws IOException {
        Loader.cacheResources(program, "/org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/");
        return Loader.load(program);
    }

    /** @throws IOException with the program's own words when it fails */
    private static <T> T run(List<String> command, Input input, Output<T> output) throws IOException {
        Path errors = Files.createTempFile("handscroll-ffmpeg", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment()
                .put("LD_LIBRARY_PATH", String.valueOf(Path.of(command.get(0)).getParent()));
        Process process = builder.start();
        try {
            T result;
            try (OutputStream stdin = process.getOutputStream()) {
                input.write(stdin);
            } catch (IOException closed) {
                // It read no further; its exit status says why.
                process.getInputStream().transferTo(OutputStream.nullOutputStream());
                throw ended(errors, String.valueOf(closed.getMessage()));
            }
            try (InputStream stdout = process.getInputStream()) {
                result = output.read(stdout);
                stdout.transferTo(OutputStream.nullOutputStream());
            }
            if (process.waitFor() != 0) {
                throw ended(errors, "it failed");
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("ffmpeg was interrupted", e);
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(errors);
        }
    }

    private static IOException ended(Path errors, String otherwise) throws IOException {
        String said = Files.readString(errors).strip();
        return new IOException("ffmpeg: "
                + (said.isEmpty() ? otherwise : said.lines().findFirst().orElse(otherwise)));
    }

    private Ffmpeg() {}
}
