package handscroll.worker.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Turns TorchScript source text into the archive that libtorch loads, so that no Python is needed to
 * build, train or run a model.
 *
 * <p>An archive is a zip of stored entries: the source, a pickled object of the class without any
 * attribute, an empty tuple of constants and the format version. Weights are arguments of the methods
 * and never part of it, so that one source serves training and rendering.
 */
final class TorchScriptArchive {

    /** The newest file format whose operators libtorch reads without rewriting them. */
    private static final String FORMAT_VERSION = "10\n";

    private TorchScriptArchive() {}

    /**
     * The bytes of an archive.
     *
     * @param className the module class that {@code source} defines, without its package
     * @param source TorchScript as {@code torch.jit.script(module).code} prints it
     */
    static byte[] of(String className, String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", pickledObject(className));
            store(zip, "m/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "m/version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array never fails
        }
        return bytes.toByteArray();
    }

    /** Pickle protocol 2: build an empty object of the class and set its state to {training: False}. */
    private static byte[] pickledObject(String className) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2, 'c'});
        pickle.write(("__torch__\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {')', (byte) 0x81, '}', '('});
        byte[] key = "training".getBytes(StandardCharsets.US_ASCII);
        pickle.write(new byte[] {'X', (byte) key.length, 0, 0, 0});
        pickle.write(key);
        pickle.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});
        return pickle.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
