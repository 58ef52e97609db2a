package handscroll.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenLogTest {

    private static final TokenLogSettings SETTINGS = new TokenLogSettings(4096, 1 << 20, 1 << 16);
    private static final LogIdentity SKY = new LogIdentity(new JobId("sky"), "5eed");
    private static final int RECORD_BYTES = SegmentFormat.RECORD_OVERHEAD + 2 * 64;

    @TempDir
    Path directory;

    private final List<String> found = new ArrayList<>();

    @Test
    void findsAgainWhatWasAppended() throws Exception {
        TokenLog log = TokenLog.open(directory, SKY, 1, SETTINGS);
        done(log.append(List.of(new TokenLog.Entry(1, 7, new short[] {3, -1, 511}))));
        done(log.append(List.of(new TokenLog.Entry(0xFFFF, Integer.MAX_VALUE, new short[0]))));
        done(log.close());

        assertThat(scan()).isEqualTo(new TokenLog.Scan(1, 2, 0));
        assertThat(found).containsExactly("1:7 [3, -1, 511]", "65535:2147483647 []");
    }

    @Test
    void findsWhatWasAppendedByACoordinatorThatWasKilled() throws Exception {
        TokenLog log = TokenLog.open(directory, SKY, 1, SETTINGS);
        done(log.append(cells(0, 100)));
        // Never closed: the file ends in zeros.

        assertThat(Files.size(segment(1)) % SETTINGS.preallocatedBytes()).isEqualTo(SegmentFormat.HEADER_BYTES);
        assertThat(scan()).isEqualTo(new TokenLog.Scan(1, 100, 0));
    }

    @Test
    void readsTheSegmentsOfAllIncarnationsInTheirOrder() throws Exception {
        for (long incarnation : new long[] {9, 10, 100_000}) {
            TokenLog log = TokenLog.open(directory, SKY, incarnation, SETTINGS);
            done(log.append(cells((int) incarnation, 1)));
            done(log.close());
        }

        assertThat(scan()).isEqualTo(new TokenLog.Scan(3, 3, 0));
        assertThat(found)
                .extracting(text -> text.substring(0, text.indexOf(' ')))
                .containsExactly("0:9", "0:10", "0:100000");
    }

    @Test
    void isEmptyWhereNothingWasRendered() {
        assertThat(TokenLog.scan(directory.resolve("none"), SKY, this::remember))
                .isEqualTo(new TokenLog.Scan(0, 0, 0));
    }

    @Test
    void ignoresATornTail() throws Exception {
        writeClosed(10);
        byte[] whole = Files.readAllBytes(segment(1));
        for (int cut = 1; cut <= RECORD_BYTES; cut++) {
            Files.write(segment(1), java.util.Arrays.copyOf(whole, whole.length - cut));
            found.clear();
            assertThat(scan().recordCount()).as("cut by %d", cut).isEqualTo(9);
        }
    }

    @Test
    void losesOneRecordAtMostToAFlippedBitAnywhere() throws Exception {
        writeClosed(4);
        byte[] whole = Files.readAllBytes(segment(1));
        for (int position = 0; position < whole.length; position++) {
            byte[] damaged = whole.clone();
            damaged[position] ^= 1 << (position % 8);
            Files.write(segment(1), damaged);
            TokenLog.Scan scan = scan();
            if (position < SegmentFormat.HEADER_BYTES) {
                assertThat(scan.recordCount())
                        .as("bit in header byte %d", position)
                        .isEqualTo(4);
            } else {
                assertThat(scan).as("bit in byte %d", position).isEqualTo(new TokenLog.Scan(1, 3, RECORD_BYTES));
            }
        }
    }

    @Test
    void goesOnBehindASectorThatReadsAsZeros() throws Exception {
        writeClosed(100);
        byte[] bytes = Files.readAllBytes(segment(1));
        java.util.Arrays.fill(bytes, 2048, 2560, (byte) 0);
        Files.write(segment(1), bytes);

        TokenLog.Scan scan = scan();
        assertThat(scan.recordCount()).isBetween(95L, 96L);
        assertThat(scan.skippedBytes()).isEqualTo((100 - scan.recordCount()) * RECORD_BYTES);
    }

    @Test
    void survivesAHeaderThatWasNeverWritten() throws Exception {
        Files.write(segment(1), new byte[100]);
        Files.write(segment(2), new byte[SegmentFormat.HEADER_BYTES]);

        assertThat(scan()).isEqualTo(new TokenLog.Scan(2, 0, 0));
        done(TokenLog.open(directory, SKY, 3, SETTINGS).close());
    }

    @Test
    void refusesTheLogOfAnotherJob() throws Exception {
        writeClosed(1);

        assertThatThrownBy(() -> TokenLog.scan(directory, new LogIdentity(new JobId("sea"), "5eed"), this::remember))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("belongs to job sky, not to sea; render into another directory");
    }

    @Test
    void refusesTheLogOfAnotherModelOrSpec() throws Exception {
        writeClosed(1);
        LogIdentity other = new LogIdentity(new JobId("sky"), "0ther");

        assertThatThrownBy(() -> TokenLog.scan(directory, other, this::remember))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("holds tokens of another spec, input picture or model");
        assertThatThrownBy(() -> TokenLog.open(directory, other, 2, SETTINGS)).isInstanceOf(Refusal.class);
    }

    @Test
    void neverTakesARecordOfAnotherJobForOursEvenWithoutItsHeader() throws Exception {
        writeClosed(3);
        byte[] bytes = Files.readAllBytes(segment(1));
        bytes[20] ^= 1;
        Files.write(segment(1), bytes);

        assertThat(TokenLog.scan(directory, new LogIdentity(new JobId("sea"), "5eed"), this::remember)
                        .recordCount())
                .isZero();
    }

    @Test
    void refusesToWriteBesideALaterCoordinator() throws Exception {
        done(TokenLog.open(directory, SKY, 5, SETTINGS).close());

        assertThatThrownBy(() -> TokenLog.open(directory, SKY, 4, SETTINGS))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is later than incarnation 4")
                .hasMessageContaining("another one has taken over");
    }

    @Test
    void isOpenedAgainByTheSameCoordinatorWhenAPausedJobGoesOn() throws Exception {
        for (int cell = 0; cell < 12; cell++) {
            TokenLog log = TokenLog.open(directory, SKY, 5, SETTINGS);
            done(log.append(cells(cell, 1)));
            done(log.close());
        }

        assertThat(directory).isDirectoryContaining("glob:**segment-00005-12.log");
        assertThat(scan()).isEqualTo(new TokenLog.Scan(12, 12, 0));
        assertThat(found)
                .extracting(text -> text.substring(0, text.indexOf(' ')))
                .startsWith("0:0", "0:1")
                .endsWith("0:10", "0:11");
    }

    @Test
    void saysWhereAndHowMuchIsFreeWhenTheDiskIsFullAndGoesOnWhenThereIsRoomAgain() throws Exception {
        FullDisk disk = new FullDisk(segment(1));
        TokenLog log = log(disk);
        done(log.append(cells(0, 3)));
        disk.full = true;
        CompletionStage<?> refused = log.append(cells(3, 200));

        assertThatThrownBy(() -> done(refused))
                .hasMessageContaining("the token log in " + directory + " cannot be written: No space left on device;")
                .hasMessageContaining("bytes are free there");

        disk.full = false;
        done(log.append(cells(3, 2)));
        done(log.close());
        assertThat(scan()).isEqualTo(new TokenLog.Scan(1, 5, 0));
    }

    @Test
    void refusesMoreThanMayWaitForTheDiskAndForgetsNothingThatItTook() throws Exception {
        SlowDisk disk = new SlowDisk(segment(1));
        TokenLog log = log(disk);
        List<CompletionStage<?>> taken = new ArrayList<>();
        int batch = 100;
        int fitting = (int) (SETTINGS.maxPendingBytes() / (batch * RECORD_BYTES));
        for (int i = 0; i < fitting; i++) {
            taken.add(log.append(cells(i * batch, batch)));
        }

        assertThatThrownBy(() -> done(log.append(cells(0, batch))))
                .hasMessageContaining("handscroll.coordinator.journal.token-log.max-pending");

        disk.proceed.countDown();
        for (CompletionStage<?> stage : taken) {
            done(stage);
        }
        done(log.append(cells(0, batch)));
        done(log.close());
        assertThat(scan().recordCount()).isEqualTo((fitting + 1L) * batch);
    }

    @Test
    void takesNothingAfterItWasClosed() throws Exception {
        TokenLog log = TokenLog.open(directory, SKY, 1, SETTINGS);
        done(log.close());

        assertThatThrownBy(() -> done(log.append(cells(0, 1)))).hasMessageContaining("is closed");
        done(log.close());
    }

    private TokenLog log(SegmentFile file) throws IOException {
        return new TokenLog(directory, SETTINGS, SegmentWriter.begin(file, 1, SKY, SETTINGS));
    }

    private void writeClosed(int count) throws Exception {
        TokenLog log = TokenLog.open(directory, SKY, 1, SETTINGS);
        done(log.append(cells(0, count)));
        done(log.close());
    }

    private static List<TokenLog.Entry> cells(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(cell -> {
                    short[] tokens = new short[64];
                    for (int i = 0; i < tokens.length; i++) {
                        tokens[i] = (short) (cell * 31 + i + 1);
                    }
                    return new TokenLog.Entry(0, cell, tokens);
                })
                .toList();
    }

    private TokenLog.Scan scan() {
        return TokenLog.scan(directory, SKY, this::remember);
    }

    private void remember(int stage, int cell, short[] tokens) {
        found.add(stage + ":" + cell + " " + java.util.Arrays.toString(tokens));
    }

    private Path segment(int incarnation) {
        return directory.resolve(String.format("segment-%05d.log", incarnation));
    }

    private static void done(CompletionStage<?> stage) throws Exception {
        ((CompletableFuture<?>) stage).get(10, TimeUnit.SECONDS);
    }

    /** Half a write, then no more, as a disk does it. */
    private static final class FullDisk extends SegmentFile {
        volatile boolean full;

        FullDisk(Path path) throws IOException {
            super(path);
        }

        @Override
        void write(ByteBuffer bytes, long position) throws IOException {
            if (full) {
                super.write(bytes.slice(0, bytes.remaining() / 2), position);
                throw new IOException("No space left on device");
            }
            super.write(bytes, position);
        }
    }

    private static final class SlowDisk extends SegmentFile {
        final CountDownLatch proceed = new CountDownLatch(1);

        SlowDisk(Path path) throws IOException {
            super(path);
        }

        @Override
        void force(boolean size) throws IOException {
            // The first one belongs to the header, and must not wait.
            if (!size) {
                try {
                    proceed.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            super.force(size);
        }
    }
}
