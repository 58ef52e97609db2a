package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * All tiles of a picture in one zip archive, in the order in which they came: ten million files would be more than file systems,
 * backups and copies bear, and making a file costs more than encoding a tile.
 *
 * <pre>
 *   DIR/picture.zip     entry ─ entry ─ entry ─ …     appended, and closed with a zip directory when the picture is whole
 *   DIR/picture.index   a slot for each tile of the pyramid: where its entry lies, with a checksum
 *   DIR/picture.dzi     as beside files
 * </pre>
 *
 * Every entry has its name, length and checksum in front, so the archive is its own journal, and the index a shortcut: up to its
 * checkpoint everything stands in it, for sure; what lies behind is read entry by entry when the picture is opened again, and cut
 * off where an entry is torn. Nothing is kept in memory for a tile. A tile that comes again is appended again, and the last counts.
 */
final class TileArchive implements TileContainer {

    static final String FILE_NAME = "picture.zip";
    static final String INDEX = "picture.index";

    private static final long MAGIC = 0x4853_5449_4c45_5331L; // "HSTILES1"
    private static final int HEADER_BYTES = 64;
    private static final int SLOT_BYTES = 24;
    private static final int BLOCK_SLOTS = 1 << 13;

    /** What is read again at most when a process died. */
    private static final long CHECKPOINT_BYTES = 64L << 20;

    private static final Pattern NAME =
            Pattern.compile(DeepZoomDescription.TILES + "/(\\d{1,2})/(\\d{1,9})_(\\d{1,9})\\.(jpg|png|webp)");

    private static final int MAX_NAME_BYTES = 64;

    private final Disk disk;
    private final Path directory;
    private final Pyramid pyramid;
    private final String extension;
    private final long[] firstSlots;
    private final FileChannel archive;
    private final FileChannel index;

    /** Where the next entry goes. Guarded by this. */
    private long end;

    /** Everything before it stands in the index, durably. Guarded by this. */
    private long checkpoint;

    /** For writing; {@link #prepare} comes next. */
    TileArchive(Disk disk, Path directory, Pyramid pyramid, String extension) throws IOException {
        this(
                disk,
                directory,
                pyramid,
                extension,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /** For reading only; empty when there is none. */
    static Optional<TileArchive> reader(Path directory, Pyramid pyramid, String extension) throws IOException {
        try {
            return Optional.of(new TileArchive(new Disk(), directory, pyramid, extension, StandardOpenOption.READ));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        }
    }

    /** What the index says that the archive holds; empty when there is none. */
    static Optional<Pyramid> pyramidOf(Path directory) throws IOException {
        ByteBuffer header = little(HEADER_BYTES);
        try (FileChannel index = FileChannel.open(directory.resolve(INDEX), StandardOpenOption.READ)) {
            return readFully(index, header, 0) && header.getLong(0) == MAGIC
                    ? Optional.of(new Pyramid(header.getInt(8), header.getInt(12), header.getInt(16)))
                    : Optional.empty();
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        }
    }

    private TileArchive(Disk disk, Path directory, Pyramid pyramid, String extension, StandardOpenOption... options)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.pyramid = pyramid;
        this.extension = extension;
        this.firstSlots = new long[pyramid.levelCount() + 1];
        for (int level = 0; level < pyramid.levelCount(); level++) {
            firstSlots[level + 1] = firstSlots[level] + pyramid.grid(level).cellCount();
        }
        this.archive = FileChannel.open(directory.resolve(FILE_NAME), options);
        try {
            this.index = FileChannel.open(directory.resolve(INDEX), options);
        } catch (IOException e) {
            archive.close();
            throw e;
        }
    }

    @Override
    public synchronized void prepare() throws IOException {
        byte[] description = DeepZoomDescription.of(pyramid, extension).getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve(DeepZoomDescription.FILE_NAME);
        if (!Files.exists(file)) {
            Path temporary = directory.resolve(DeepZoomOutput.WORK).resolve(DeepZoomDescription.FILE_NAME);
            disk.write(temporary, description);
            disk.rename(temporary, file);
        }
        checkpoint = readCheckpoint();
        if (checkpoint == 0) {
            disk.truncate(index, 0); // whatever it says is of another picture, or torn
            writeCheckpoint(0);
        }
        end = checkpoint;
        while (takeUpEntry()) {
            continue;
        }
        if (archive.size() > end) {
            disk.truncate(archive, end);
        }
        if (end == 0) {
            append(DeepZoomDescription.FILE_NAME, description);
        }
        clearSlotsBehind(end);
        disk.force(archive);
        DurableFile.forceNames(directory);
    }

    @Override
    public void write(TileId tile, byte[] encoded, boolean isVouchedFor) throws IOException {
        synchronized (this) {
            Entry entry = append(DeepZoomDescription.tileName(tile, extension), encoded);
            writeSlot(slot(tile), entry);
            if (end - checkpoint > CHECKPOINT_BYTES) {
                moveCheckpoint();
            }
        }
    }

    @Override
    public List<FileChannel> files() {
        return List.of(archive);
    }

    @Override
    public boolean holds(TileId tile, int checksum) throws IOException {
        Optional<Entry> entry = readSlot(slot(tile));
        return entry.isPresent() && entry.get().checksum() == checksum;
    }

    @Override
    public Optional<byte[]> read(TileId tile) throws IOException {
        if (!pyramid.contains(tile)) {
            return Optional.empty();
        }
        Optional<Entry> entry = readSlot(slot(tile));
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        byte[] name = DeepZoomDescription.tileName(tile, extension).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(
                ZipRecords.LOCAL_HEADER_BYTES + name.length + entry.get().length());
        if (!readFully(archive, bytes, entry.get().offset())) {
            return Optional.empty();
        }
        byte[] array = bytes.array();
        int from = ZipRecords.LOCAL_HEADER_BYTES + name.length;
        if (!Arrays.equals(array, ZipRecords.LOCAL_HEADER_BYTES, from, name, 0, name.length)) {
            throw new IOException("tile " + tile + " does not lie where " + directory.resolve(INDEX)
                    + " says; remove that file and resume the job");
        }
        return Optional.of(Arrays.copyOfRange(array, from, array.length));
    }

    @Override
    public BitSet stored(int level) throws IOException {
        BitSet stored = new BitSet();
        forEachSlot(firstSlots[level], firstSlots[level + 1], (number, entry) -> {
            if (entry.isPresent()) {
                stored.set((int) (number - firstSlots[level]));
            }
        });
        return stored;
    }

    /** Writes the zip directory. */
    @Override
    public synchronized void finish() throws IOException {
        moveCheckpoint();
        var out = new Object() {
            final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            long at = end;
            long count;

            void put(byte[] record) throws IOException {
                if (record.length > buffer.remaining()) {
                    flush();
                }
                buffer.put(record);
            }

            void flush() throws IOException {
                buffer.flip();
                int bytes = buffer.remaining();
                disk.writeAt(archive, buffer, at);
                at += bytes;
                buffer.clear();
            }
        };
        Entry description = readEntry(0)
                .orElseThrow(() -> new IOException(directory.resolve(FILE_NAME) + " has lost its beginning"));
        out.put(ZipRecords.directoryRecord(
                DeepZoomDescription.FILE_NAME, description.length(), description.checksum(), 0));
        out.count++;
        for (int level = 0; level < pyramid.levelCount(); level++) {
            int thisLevel = level;
            forEachSlot(firstSlots[level], firstSlots[level + 1], (number, found) -> {
                if (found.isPresent()) {
                    Entry entry = found.get();
                    String name = DeepZoomDescription.tileName(tile(thisLevel, number), extension);
                    out.put(ZipRecords.directoryRecord(name, entry.length(), entry.checksum(), entry.offset()));
                    out.count++;
                }
            });
        }
        out.flush();
        long directoryBytes = out.at - end;
        out.put(ZipRecords.end(out.count, end, directoryBytes));
        out.flush();
        disk.force(archive);
    }

    @Override
    public void close() throws IOException {
        try (archive) {
            index.close();
        }
    }

    /** Where an entry's header lies, and what it says of its bytes. */
    private record Entry(long offset, int length, int checksum) {}

    private interface SlotReader {
        void take(long number, Optional<Entry> entry) throws IOException;
    }

    private Entry append(String name, byte[] content) throws IOException {
        var entry = new Entry(end, content.length, ZipRecords.checksum(content));
        byte[] header = ZipRecords.localHeader(name, content.length, entry.checksum());
        ByteBuffer bytes = ByteBuffer.allocate(header.length + content.length);
        disk.writeAt(archive, bytes.put(header).put(content).flip(), end);
        end += header.length + content.length;
        return entry;
    }

    /** The entry at the end of what is known, if it is whole. */
    private boolean takeUpEntry() throws IOException {
        Optional<Entry> found = readEntry(end);
        if (found.isEmpty()) {
            return false;
        }
        Entry entry = found.get();
        String name = readName(end);
        ByteBuffer content = ByteBuffer.allocate(entry.length());
        long contentAt = end + ZipRecords.LOCAL_HEADER_BYTES + name.length();
        if (!readFully(archive, content, contentAt)) {
            return false;
        }
        Matcher tile = NAME.matcher(name);
        boolean isDescription = end == 0 && name.equals(DeepZoomDescription.FILE_NAME);
        if (ZipRecords.checksum(content.array()) != entry.checksum() || !(isDescription || tile.matches())) {
            return false;
        }
        if (!isDescription) {
            TileId id = new TileId(
                    Integer.parseInt(tile.group(1)), Integer.parseInt(tile.group(2)), Integer.parseInt(tile.group(3)));
            if (!pyramid.contains(id) || !tile.group(4).equals(extension)) {
                return false;
            }
            writeSlot(slot(id), entry);
        }
        end = contentAt + entry.length();
        return true;
    }

    /** What the header at an offset says; empty when there is none. */
    private Optional<Entry> readEntry(long offset) throws IOException {
        ByteBuffer header = little(ZipRecords.LOCAL_HEADER_BYTES);
        if (!readFully(archive, header, offset) || header.getInt(0) != ZipRecords.LOCAL_HEADER) {
            return Optional.empty();
        }
        int length = header.getInt(18);
        int nameLength = header.getShort(26);
        return length < 0 || length > archive.size() || nameLength < 1 || nameLength > MAX_NAME_BYTES
                ? Optional.empty()
                : Optional.of(new Entry(offset, length, header.getInt(14)));
    }

    private String readName(long offset) throws IOException {
        ByteBuffer length = little(Short.BYTES);
        readFully(archive, length, offset + 26);
        ByteBuffer name = ByteBuffer.allocate(length.getShort(0));
        readFully(archive, name, offset + ZipRecords.LOCAL_HEADER_BYTES);
        return new String(name.array(), StandardCharsets.US_ASCII);
    }

    private long slot(TileId tile) {
        return firstSlots[tile.level()] + pyramid.grid(tile.level()).index(tile.column(), tile.row(), 0);
    }

    private TileId tile(int level, long slot) {
        int cell = (int) (slot - firstSlots[level]);
        return new TileId(
                level, pyramid.grid(level).columnOf(cell), pyramid.grid(level).rowOf(cell));
    }

    private void writeSlot(long number, Entry entry) throws IOException {
        ByteBuffer slot = little(SLOT_BYTES)
                .putLong(entry.offset())
                .putInt(entry.length())
                .putInt(entry.checksum())
                .putInt(check(number, entry));
        disk.writeAt(index, slot.clear(), HEADER_BYTES + SLOT_BYTES * number);
    }

    private Optional<Entry> readSlot(long number) throws IOException {
        ByteBuffer slot = little(SLOT_BYTES);
        return readFully(index, slot, HEADER_BYTES + SLOT_BYTES * number)
                ? entry(number, slot.flip())
                : Optional.empty();
    }

    private static Optional<Entry> entry(long number, ByteBuffer slot) {
        var entry = new Entry(slot.getLong(), slot.getInt(), slot.getInt());
        int expected = slot.getInt();
        slot.getInt();
        return expected == check(number, entry) ? Optional.of(entry) : Optional.empty();
    }

    /** Never that of a slot of zeros. */
    private static int check(long number, Entry entry) {
        var crc = new CRC32();
        crc.update(little(32)
                .putLong(number + 1)
                .putLong(entry.offset())
                .putInt(entry.length())
                .putInt(entry.checksum())
                .flip());
        return (int) crc.getValue() | 1;
    }

    private void forEachSlot(long from, long to, SlotReader reader) throws IOException {
        ByteBuffer block = little(BLOCK_SLOTS * SLOT_BYTES);
        for (long first = from; first < to; first += BLOCK_SLOTS) {
            int count = (int) Math.min(BLOCK_SLOTS, to - first);
            block.clear().limit(count * SLOT_BYTES);
            readFully(index, block, HEADER_BYTES + SLOT_BYTES * first);
            int read = block.position() / SLOT_BYTES;
            block.flip();
            for (int i = 0; i < count; i++) {
                reader.take(first + i, i < read ? entry(first + i, block) : Optional.empty());
            }
        }
    }

    /** An index may know of an entry that never reached the disk. */
    private void clearSlotsBehind(long known) throws IOException {
        forEachSlot(0, firstSlots[pyramid.levelCount()], (number, entry) -> {
            if (entry.isPresent() && entry.get().offset() >= known) {
                disk.writeAt(index, little(SLOT_BYTES), HEADER_BYTES + SLOT_BYTES * number);
            }
        });
    }

    private void moveCheckpoint() throws IOException {
        disk.force(archive);
        disk.force(index);
        writeCheckpoint(end);
        checkpoint = end;
    }

    private void writeCheckpoint(long upTo) throws IOException {
        ByteBuffer header = header(upTo);
        header.putInt(checksum(header.array(), header.position()));
        disk.writeAt(index, header.clear(), 0);
    }

    private ByteBuffer header(long upTo) {
        return little(HEADER_BYTES)
                .putLong(MAGIC)
                .putInt(pyramid.widthPixels())
                .putInt(pyramid.heightPixels())
                .putInt(pyramid.tilePixels())
                .putLong(upTo);
    }

    /** 0 when there is no index of this picture. */
    private long readCheckpoint() throws IOException {
        ByteBuffer there = little(HEADER_BYTES);
        if (!readFully(index, there, 0)) {
            return 0;
        }
        long upTo = there.getLong(20);
        ByteBuffer expected = header(upTo);
        expected.putInt(checksum(expected.array(), expected.position()));
        boolean isOurs = Arrays.equals(expected.array(), there.array());
        return isOurs && upTo <= archive.size() ? upTo : 0;
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** False at the end of the file; then it has read what there was. */
    private static boolean readFully(FileChannel file, ByteBuffer target, long position) throws IOException {
        for (long at = position; target.hasRemaining(); ) {
            int count = file.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
