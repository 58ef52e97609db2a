package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries out so many steps, leaves the next one half done, and then no more: a process that dies. Forces nothing, since what was
 * written outlives a process; when the power fails, any of what was not forced is lost, also names, or the content behind them.
 */
final class DyingDisk extends Disk {

    /** What a place of a file held before it was written. */
    private record Before(long position, byte[] content, int writtenBytes) {}

    private final Map<FileChannel, List<Before>> unforced = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Map<Path, Optional<byte[]>> unsettled = new ConcurrentHashMap<>();
    private final boolean flushesTogether;
    private int stepsLeft;
    boolean dead;

    DyingDisk(int steps, boolean flushesTogether) {
        this.stepsLeft = steps;
        this.flushesTogether = flushesTogether;
    }

    /** Each write that was not forced happened or did not, as the dice say; files also may have lost their content alone. */
    void losePower(Random random) throws IOException {
        for (Map.Entry<Path, Optional<byte[]>> file : unsettled.entrySet()) {
            if (!Files.exists(file.getKey())) {
                continue;
            }
            int bytes = (int) Files.size(file.getKey());
            switch (random.nextInt(4)) {
                case 0 -> restore(file.getKey(), file.getValue());
                case 1 -> Files.write(file.getKey(), new byte[0]);
                case 2 -> Files.write(file.getKey(), new byte[bytes]);
                default -> {}
            }
        }
        for (Map.Entry<FileChannel, List<Before>> file : unforced.entrySet()) {
            List<Before> writes = new ArrayList<>(file.getValue());
            Collections.reverse(writes);
            for (Before write : writes) {
                if (random.nextBoolean()) {
                    byte[] lost = Arrays.copyOf(write.content(), write.writtenBytes());
                    file.getKey().write(ByteBuffer.wrap(lost), write.position());
                }
            }
        }
    }

    @Override
    void write(Path file, byte[] content) throws IOException {
        if (lastStep()) {
            Files.write(file, Arrays.copyOf(content, content.length / 2));
        }
        live();
        Files.write(file, content);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        lastStep();
        live();
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void restore(Path file, Optional<byte[]> before) throws IOException {
        if (before.isPresent()) {
            Files.write(file, before.get());
        } else {
            Files.delete(file);
        }
    }

    @Override
    boolean flushesTogether() {
        return flushesTogether;
    }

    @Override
    void put(Path temporary, Path target, byte[] content) throws IOException {
        if (flushesTogether) {
            write(temporary, content);
            unsettled.putIfAbsent(
                    target, Files.exists(target) ? Optional.of(Files.readAllBytes(target)) : Optional.empty());
            rename(temporary, target);
        } else {
            super.put(temporary, target, content);
        }
    }

    @Override
    void flushAll() throws IOException {
        lastStep();
        live();
        unforced.clear();
        unsettled.clear();
    }

    @Override
    void delete(Path file) throws IOException {
        lastStep();
        live();
        super.delete(file);
    }

    @Override
    void writeAt(FileChannel file, ByteBuffer content, long position) throws IOException {
        if (lastStep()) {
            remember(file, position, content.remaining() / 2);
            super.writeAt(file, content.slice(content.position(), content.remaining() / 2), position);
        }
        live();
        remember(file, position, content.remaining());
        super.writeAt(file, content, position);
    }

    @Override
    void force(FileChannel file) throws IOException {
        lastStep();
        live();
        unforced.remove(file);
    }

    @Override
    void truncate(FileChannel file, long size) throws IOException {
        lastStep();
        live();
        super.truncate(file, size);
    }

    private void remember(FileChannel file, long position, int bytes) throws IOException {
        ByteBuffer before = ByteBuffer.allocate(bytes);
        file.read(before, position);
        unforced.computeIfAbsent(file, any -> new ArrayList<>())
                .add(new Before(position, Arrays.copyOf(before.array(), before.position()), bytes));
    }

    private boolean lastStep() {
        boolean last = !dead && stepsLeft-- == 0;
        dead |= last;
        return last;
    }

    private void live() throws IOException {
        if (dead) {
            throw new IOException("No space left on device");
        }
    }
}
