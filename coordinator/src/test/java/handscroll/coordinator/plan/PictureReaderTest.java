package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {

    private static final PictureReader READER = new PictureReader(1_000_000);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "tiff", "jpg"})
    void readsWhatJavaWrites(String format) throws IOException {
        InputPicture picture = READER.read(write(quarters(BufferedImage.TYPE_3BYTE_BGR), format));
        assertQuarters(picture, 6);
    }

    @Test
    void transparentPixelsLieOnWhite() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00ff0000);
        image.setRGB(1, 0, 0x80000000);
        image.setRGB(2, 0, 0xff123456);
        InputPicture picture = READER.read(write(image, "png"));
        assertThat(rgb(picture, 0, 0)).isEqualTo(0xffffff);
        assertThat(rgb(picture, 1, 0)).isEqualTo(0x7f7f7f);
        assertThat(rgb(picture, 2, 0)).isEqualTo(0x123456);
    }

    @ParameterizedTest
    @CsvSource({"10, false", "10, true", "11, false"})
    void greyKeepsItsLevels(int type, boolean hasAlpha) throws IOException {
        // Type 10 has 8 bits, type 11 has 16; Java's own conversion would make 0x80 a 0xbc.
        BufferedImage image = hasAlpha ? greyWithAlpha() : new BufferedImage(2, 1, type);
        int most = type == BufferedImage.TYPE_USHORT_GRAY ? 65535 : 255;
        image.getRaster().setSample(0, 0, 0, Math.round(128 * most / 255.0));
        image.getRaster().setSample(1, 0, 0, most);
        InputPicture picture = READER.read(write(image, "png"));
        assertThat(rgb(picture, 0, 0)).isEqualTo(0x808080);
        assertThat(rgb(picture, 1, 0)).isEqualTo(0xffffff);
    }

    @Test
    void sixteenBitsBecomeEight() throws IOException {
        ColorSpace colours = ColorSpace.getInstance(ColorSpace.CS_sRGB);
        var model = new ComponentColorModel(colours, false, false, 1, DataBuffer.TYPE_USHORT);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 1, 1, 3, null);
        raster.setPixel(0, 0, new int[] {0x1212, 0x8080, 0xffff});
        InputPicture picture = READER.read(write(new BufferedImage(model, raster, false, null), "png"));
        assertThat(rgb(picture, 0, 0)).isEqualTo(0x1280ff);
    }

    @Test
    void cyanMagentaYellowAndBlackAreShownAsColours() throws IOException {
        Path file = cmykJpeg();
        assertThat(READER.size(file)).isEqualTo(new PictureSize(16, 16));
        int red = rgb(READER.read(file), 8, 8);
        assertThat(red >> 16).as("%x", red).isGreaterThan(180);
        assertThat(red >> 8 & 255).as("%x", red).isLessThan(90);
        assertThat(red & 255).as("%x", red).isLessThan(90);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aPictureIsTurnedAsItsCameraWasHeld(int orientation) throws IOException {
        BufferedImage upright = quarters(BufferedImage.TYPE_3BYTE_BGR);
        Path file = directory.resolve("camera.jpg");
        Files.write(file, withOrientation(jpeg(stored(upright, orientation)), orientation));
        assertThat(READER.size(file)).isEqualTo(new PictureSize(64, 32));
        assertQuarters(READER.read(file), 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
    void aFileThatIsCutShortIsRefused(String format) throws IOException {
        Path whole = write(noise(), format);
        byte[] bytes = Files.readAllBytes(whole);
        Path file = Files.write(directory.resolve("cut"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(refusal(file).what()).contains("is damaged or cut short");
        assertThat(refusal(file).remedy()).startsWith("fetch it again");
    }

    @Test
    void whatIsNoPictureIsRefusedWithWhatWouldBeOne() throws IOException {
        Path text = Files.writeString(directory.resolve("a.jpg"), "no picture");
        assertThat(refusal(text).what()).contains("is in no format that can be read");
        assertThat(refusal(Files.createFile(directory.resolve("empty.png"))).what())
                .contains("no format");
        assertThat(refusal(directory).what()).contains("is not there");
        assertThat(refusal(directory.resolve("none.png")).remedy()).contains("JPEG, PNG");
    }

    @Test
    void aPictureThatWouldFillTheMemoryIsRefusedBeforeItIsDecoded() throws IOException {
        Path file = write(new BufferedImage(1001, 1000, BufferedImage.TYPE_BYTE_BINARY), "png");
        assertThat(refusal(file).what()).contains("1001 x 1000 pixels has more than the 1,000,000");
        assertThat(catchThrowableOfType(Refusal.class, () -> READER.size(file)).problems())
                .hasSize(1);
    }

    private static Problem refusal(Path file) {
        return catchThrowableOfType(Refusal.class, () -> READER.read(file))
                .problems()
                .get(0);
    }

    private static int rgb(Picture picture, int x, int y) {
        return picture.rgb(x, y) & 0xffffff;
    }

    /** 64 x 32 pixels: red, green, blue and white from the upper left on. */
    private static BufferedImage quarters(int type) {
        BufferedImage image = new BufferedImage(64, 32, type);
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 64; x++) {
                int quarter = x / 32 + 2 * (y / 16);
                image.setRGB(x, y, new int[] {0xc01010, 0x10c010, 0x1010c0, 0xf0f0f0}[quarter]);
            }
        }
        return image;
    }

    private static void assertQuarters(Picture picture, int tolerance) {
        assertThat(picture.size()).isEqualTo(new PictureSize(64, 32));
        int[] expected = {0xc01010, 0x10c010, 0x1010c0, 0xf0f0f0};
        for (int quarter = 0; quarter < 4; quarter++) {
            int found = rgb(picture, 16 + 32 * (quarter % 2), 8 + 16 * (quarter / 2));
            for (int shift = 0; shift <= 16; shift += 8) {
                assertThat(Math.abs((found >> shift & 255) - (expected[quarter] >> shift & 255)))
                        .as("quarter %d is %x", quarter, found)
                        .isLessThanOrEqualTo(tolerance);
            }
        }
    }

    private static BufferedImage noise() {
        var random = new java.util.Random(3);
        BufferedImage image = new BufferedImage(200, 200, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 200 * 200; i++) {
            image.setRGB(i % 200, i / 200, random.nextInt(1 << 24));
        }
        return image;
    }

    private static BufferedImage greyWithAlpha() {
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, 3, DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 2, 1, 2, null);
        raster.setSample(0, 0, 1, 255);
        raster.setSample(1, 0, 1, 255);
        return new BufferedImage(model, raster, false, null);
    }

    private Path write(BufferedImage image, String format) throws IOException {
        Path file = directory.resolve("picture." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "jpg", bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** The pixels as a camera stores them that writes this number into its EXIF. */
    private static BufferedImage stored(BufferedImage upright, int orientation) {
        boolean swaps = orientation >= 5;
        int width = swaps ? upright.getHeight() : upright.getWidth();
        int height = swaps ? upright.getWidth() : upright.getHeight();
        BufferedImage stored = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                // EXIF: 1 top-left, 2 top-right, 3 bottom-right, 4 bottom-left, 5 left-top, 6 right-top, 7
                // right-bottom,
                // 8 left-bottom: the sides that the stored row 0 and the stored column 0 are on.
                boolean rowFromEnd = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                boolean columnFromEnd = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                int r = rowFromEnd ? height - 1 - row : row;
                int c = columnFromEnd ? width - 1 - column : column;
                stored.setRGB(column, row, swaps ? upright.getRGB(r, c) : upright.getRGB(c, r));
            }
        }
        return stored;
    }

    /** Puts an EXIF segment with nothing but the orientation behind the start of a JPEG. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        byte[] exif = {
            (byte) 0xff,
            (byte) 0xe1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        return behindStart(jpeg, exif);
    }

    private static byte[] behindStart(byte[] jpeg, byte[] segment) {
        byte[] whole = new byte[jpeg.length + segment.length];
        System.arraycopy(jpeg, 0, whole, 0, 2);
        System.arraycopy(segment, 0, whole, 2, segment.length);
        System.arraycopy(jpeg, 2, whole, 2 + segment.length, jpeg.length - 2);
        return whole;
    }

    /** Red in the inks of a printer, as Adobe writes them: inverted. */
    private Path cmykJpeg() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(i % 16, i / 16, new int[] {255, 20, 20, 255});
        }
        Path file = directory.resolve("cmyk.jpg");
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpg");
        ImageWriter writer = writers.next();
        while (!"java.desktop".equals(writer.getClass().getModule().getName())) {
            writer = writers.next();
        }
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
        byte[] adobe = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        return Files.write(file, behindStart(Files.readAllBytes(file), adobe));
    }
}
