package handscroll.coordinator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportTest {

    private static final ExportSettings SETTINGS = new ExportSettings(64 << 20, 1_000_000, 100);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Container.class)
    void aPngHasExactlyThePixelsOfTheTiles(Container container) throws Exception {
        Gallery.hang(directory, TileEncoding.PNG, container);
        Path png = export(ExportFormat.PNG, "sky.png");

        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(700);
        assertThat(image.getHeight()).isEqualTo(411);
        for (int y = 0; y < 411; y++) {
            for (int x = 0; x < 700; x++) {
                int[] rgb = Gallery.pixel(x, y);
                assertThat(image.getRGB(x, y) & 0xFFFFFF).isEqualTo(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
            }
        }
        assertThat(directory.resolve("sky.png.part")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPngAtTheFastestLevelIsTheSamePictureWhetherPlacesRepeatOrNot(boolean noise) throws Exception {
        Gallery.Colours colours = (x, y) -> {
            int hash = noise ? (x * 7919 + y) * 0x9E3779B1 : x;
            return new int[] {hash >>> 24, hash >>> 16 & 255, hash >>> 8 & 255};
        };
        Gallery.hang(directory, TileEncoding.PNG, Container.ZIP, colours);
        Path png = directory.resolve("sky.png");
        run(new Export(ExportFormat.PNG, png, Optional.empty(), 1, Optional.empty()));
        BufferedImage image = ImageIO.read(png.toFile());
        for (int y = 0; y < 411; y++) {
            for (int x = 0; x < 700; x++) {
                int[] rgb = colours.at(x, y);
                assertThat(image.getRGB(x, y) & 0xFFFFFF).isEqualTo(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
            }
        }
    }

    @Test
    void vipsOpensAPng() throws Exception {
        Gallery.hang(directory, TileEncoding.PNG, Container.FILES);
        ForeignProgram.assertPixels(export(ExportFormat.PNG, "sky.png"), 0);
    }

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void vipsOpensATileOfEachEncoding(TileEncoding encoding) throws Exception {
        Gallery.hang(directory, encoding, Container.FILES);
        Path tile = directory.resolve("picture_files/10/0_0." + encoding.extension());
        ForeignProgram.assertPixels(
                tile, encoding == TileEncoding.PNG ? 0 : 6, new int[][] {{0, 0}, {255, 255}, {17, 201}});
    }

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void vipsReadsEveryPixelOfATiff(TileEncoding encoding) throws Exception {
        ForeignProgram.vips();
        Gallery.hang(directory, encoding, Container.ZIP);
        Path tiff = export(ExportFormat.TIFF, "sky.tif");
        ForeignProgram.assertPixels(tiff, encoding == TileEncoding.PNG ? 0 : 6);
        // The smaller levels, whole: vips reads every tile of a page to average it.
        for (int page = 0; page < 3; page++) {
            String average = ForeignProgram.vips().run("avg", tiff + "[page=" + page + "]");
            assertThat(Double.parseDouble(average.trim())).as("page %d", page).isBetween(125.0, 129.0);
        }
    }

    @Test
    void tiffinfoFindsATiledPyramidInABigTiff() throws Exception {
        ForeignProgram tiffinfo = ForeignProgram.tiffinfo();
        Gallery.hang(directory, TileEncoding.JPEG, Container.FILES);
        Path tiff = export(ExportFormat.TIFF, "sky.tif");
        assertThat(new String(Files.readAllBytes(tiff), 0, 4, java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo("II+\0");
        assertThat(tiffinfo.run(tiff))
                .contains("Image Width: 700 Image Length: 411", "Image Width: 350 Image Length: 206")
                .contains("Image Width: 175 Image Length: 103", "Tile Width: 256 Tile Length: 256")
                .contains("Compression Scheme: JPEG", "reduced-resolution image")
                .containsPattern("Photometric Interpretation: YCbCr");
    }

    @Test
    void tilesOfJpegAreInTheTiffByteByByte() throws Exception {
        Gallery.hang(directory, TileEncoding.JPEG, Container.FILES);
        byte[] tile = StoredPicture.tile(directory, new TileId(Gallery.PYRAMID.topLevel(), 1, 0), "jpg")
                .orElseThrow();
        String tiff = new String(
                Files.readAllBytes(export(ExportFormat.TIFF, "sky.tif")), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(tiff).contains(new String(tile, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Test
    void tiffWithDeflateLosesNothing() throws Exception {
        Gallery.hang(directory, TileEncoding.PNG, Container.FILES);
        Path tiff = directory.resolve("sky.tif");
        run(new Export(ExportFormat.TIFF, tiff, Optional.of(Export.Compression.DEFLATE), 1, Optional.empty()));
        assertThat(ForeignProgram.tiffinfo().run(tiff)).contains("AdobeDeflate", "horizontal differencing");
        ForeignProgram.assertPixels(tiff, 0);
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aDeepZoomArchiveIsTheSameFromEitherContainer(Container container) throws Exception {
        Gallery.hang(directory, TileEncoding.JPEG, container);
        Path zip = export(ExportFormat.DEEP_ZOOM, "sky.zip");
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            assertThat(archive.stream().map(ZipEntry::getName))
                    .hasSize((int) Gallery.PYRAMID.tileCount() + 1)
                    .startsWith("picture.dzi", "picture_files/0/0_0.jpg")
                    .endsWith("picture_files/10/2_1.jpg");
            byte[] tile = archive.getInputStream(archive.getEntry("picture_files/10/2_1.jpg"))
                    .readAllBytes();
            assertThat(tile)
                    .isEqualTo(StoredPicture.tile(directory, new TileId(10, 2, 1), "jpg")
                            .orElseThrow());
        }
        assertThat(directory.resolve("sky.zip.part")).doesNotExist();
        assertThat(directory.resolve("sky.zip.part.directory")).doesNotExist();
    }

    @Test
    void everyTileThatAnIiifViewerAsksForIsThere() throws Exception {
        Gallery.hang(directory, TileEncoding.JPEG, Container.FILES);
        Path iiif = export(ExportFormat.IIIF, "sky");
        JsonNode info = new ObjectMapper().readTree(iiif.resolve("info.json").toFile());
        assertThat(info.path("profile").asText()).isEqualTo("level0");
        assertThat(info.path("width").asInt()).isEqualTo(700);
        int asked = 0;
        JsonNode tiles = info.path("tiles").path(0);
        for (JsonNode factor : tiles.path("scaleFactors")) {
            // As the specification says how viewers compute what they ask for.
            int region = 256 * factor.asInt();
            for (int y = 0; y < 411; y += region) {
                for (int x = 0; x < 700; x += region) {
                    int width = Math.min(region, 700 - x);
                    int height = Math.min(region, 411 - y);
                    int tileWidth = (width + factor.asInt() - 1) / factor.asInt();
                    int tileHeight = (height + factor.asInt() - 1) / factor.asInt();
                    boolean whole = width == 700 && height == 411;
                    String name = (whole ? "full" : x + "," + y + "," + width + "," + height) + "/" + tileWidth + ","
                            + tileHeight + "/0/default.jpg";
                    BufferedImage tile = ImageIO.read(iiif.resolve(name).toFile());
                    assertThat(tile.getWidth()).as(name).isEqualTo(tileWidth);
                    assertThat(tile.getHeight()).as(name).isEqualTo(tileHeight);
                    asked++;
                }
            }
        }
        assertThat(asked).isEqualTo(6 + 2 + 1);
    }

    @Test
    void zarrHasOneShardForSixteenTilesASide() throws Exception {
        Gallery.hang(directory, TileEncoding.PNG, Container.FILES);
        Path zarr = export(ExportFormat.ZARR, "sky.ome.zarr");
        JsonNode group = new ObjectMapper().readTree(zarr.resolve("zarr.json").toFile());
        assertThat(group.at("/attributes/ome/multiscales/0/datasets")).hasSize(3);
        JsonNode array = new ObjectMapper().readTree(zarr.resolve("0/zarr.json").toFile());
        assertThat(array.at("/shape").toString()).isEqualTo("[3,411,700]");
        assertThat(array.at("/chunk_grid/configuration/chunk_shape").toString()).isEqualTo("[3,4096,4096]");
        byte[] shard = Files.readAllBytes(zarr.resolve("0/c/0/0/0"));
        assertThat(shard.length).isGreaterThan(16 * 256 + 4);
    }

    @Test
    void refusesEverythingThatStandsAgainstItAtOnce() throws Exception {
        Gallery.hang(directory, TileEncoding.WEBP, Container.FILES);
        Files.delete(directory.resolve("picture_files/10/1_1.webp"));
        var export = new Export(
                ExportFormat.TIFF,
                directory.resolve("none/sky.tif"),
                Optional.of(Export.Compression.JPEG),
                6,
                Optional.empty());
        assertThatThrownBy(() -> run(export))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("1 of 17 tiles are not there yet")
                .hasMessageContaining("jpeg copies tiles that are JPEG, these are webp")
                .hasMessageContaining("cannot be written");
    }

    @Test
    void namesTheFormatThatWouldHoldAPictureTooLargeForAnother() {
        Pyramid large = new Pyramid(40_000, 40_000, 256);
        assertThat(Export.limit(ExportFormat.PNG, false, large, SETTINGS))
                .map(Problem::toString)
                .hasValueSatisfying(
                        said -> assertThat(said).contains("1,600,000,000 pixels are more than the 1,000,000", "tiff"));
        assertThat(Export.limit(ExportFormat.IIIF, true, large, SETTINGS))
                .map(Problem::toString)
                .hasValueSatisfying(said -> assertThat(said).contains("--out FILE.zip"));
        assertThat(Export.limit(ExportFormat.IIIF, false, large, SETTINGS)).isEmpty();
        assertThat(Export.limit(ExportFormat.TIFF, false, large, SETTINGS)).isEmpty();
        assertThat(Export.limit(ExportFormat.ZARR, false, large, SETTINGS)).isEmpty();
    }

    @Test
    void nothingIsLeftOfAnExportThatFailed() throws Exception {
        Gallery.hang(directory, TileEncoding.PNG, Container.FILES);
        Files.write(directory.resolve("picture_files/10/1_1.png"), new byte[] {1, 2, 3});
        for (ExportFormat format : new ExportFormat[] {ExportFormat.PNG, ExportFormat.TIFF, ExportFormat.ZARR}) {
            Path target = directory.resolve("sky-" + format.configName());
            assertThatThrownBy(() -> run(new Export(format, target, Optional.empty(), 6, Optional.empty())))
                    .hasMessageContaining("tile 10/1_1 cannot be read");
            assertThat(target).doesNotExist();
            assertThat(directory.resolve(target.getFileName() + ".part")).doesNotExist();
        }
    }

    private Path export(ExportFormat format, String name) throws Exception {
        Path target = directory.resolve(name);
        run(new Export(format, target, Optional.empty(), 6, Optional.empty()));
        return target;
    }

    private void run(Export export) throws Exception {
        try (StoredPicture picture = StoredPicture.open(directory).orElseThrow()) {
            export.check(picture, SETTINGS);
            export.run(picture, SETTINGS, (done, all) -> assertThat(done).isLessThanOrEqualTo(all));
        }
    }
}
