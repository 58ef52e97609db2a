package handscroll.coordinator.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.task.PixelBlock;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.CRC32C;

/**
 * OME-Zarr 0.5, that is Zarr 3: an array for each level, of chunks of one tile in shards of 16 x 16, and the picture's tokens as
 * one more array. A shard is written by one thread from its first chunk to its index, and chunks are compressed on all cores.
 *
 * <pre>
 *   zarr.json          group: which array is which level
 *   0/zarr.json        array: 3 x height x width
 *   0/c/0/ROW/COLUMN   shard: chunks, then where each begins, then a checksum
 *   tokens/zarr.json   array: rows x columns of the token grid
 * </pre>
 */
final class ZarrExport {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Chunks on each side of a shard. */
    private static final int SHARD_CHUNKS = 16;

    private static final int TOKEN_CHUNK = 256;
    private static final int READ_AHEAD = 32;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long MISSING = -1;

    /** The chunks of one array by their place in it; empty where there are none. */
    private interface Chunks {
        Optional<Callable<byte[]>> chunk(int row, int column);
    }

    static void write(TileSource source, Path target, int level, Optional<TokenGrid> tokens, ExportSettings settings)
            throws IOException {
        try (var tree = new DirectoryTree(target)) {
            new ZarrExport(source, tree, level).write(tokens);
            tree.complete();
        }
    }

    private final TileSource source;
    private final Pyramid pyramid;
    private final DirectoryTree tree;
    private final int zstdLevel;

    private ZarrExport(TileSource source, DirectoryTree tree, int zstdLevel) {
        this.source = source;
        this.pyramid = source.pyramid();
        this.tree = tree;
        this.zstdLevel = zstdLevel;
    }

    private void write(Optional<TokenGrid> tokens) throws IOException {
        int smallest = TileTrees.smallestTiledLevel(pyramid);
        long expected = 0;
        for (int level = smallest; level <= pyramid.topLevel(); level++) {
            expected += pyramid.grid(level).cellCount();
        }
        source.expect(expected);
        addJson("zarr.json", group(smallest));
        for (int level = pyramid.topLevel(); level >= smallest; level--) {
            writeLevel(level, Integer.toString(pyramid.topLevel() - level));
        }
        if (tokens.isPresent()) {
            writeTokens(tokens.get());
        }
        source.tell();
    }

    private void writeLevel(int level, String name) throws IOException {
        int side = pyramid.tilePixels();
        addJson(
                name + "/zarr.json",
                array(
                        List.of(3, pyramid.heightPixels(level), pyramid.widthPixels(level)),
                        List.of(3, side, side),
                        List.of("c", "y", "x"),
                        "uint8"));
        var grid = pyramid.grid(level);
        writeShards(name + "/c/0/", grid.rows(), grid.columns(), (row, column) -> {
            TileId tile = new TileId(level, column, row);
            return Optional.of(() -> compressed(planar(source.pixels(tile), side)));
        });
    }

    private void writeTokens(TokenGrid tokens) throws IOException {
        addJson(
                "tokens/zarr.json",
                array(
                        List.of(tokens.rows(), tokens.columns()),
                        List.of(TOKEN_CHUNK, TOKEN_CHUNK),
                        List.of("y", "x"),
                        "uint16"));
        int rows = (tokens.rows() + TOKEN_CHUNK - 1) / TOKEN_CHUNK;
        int columns = (tokens.columns() + TOKEN_CHUNK - 1) / TOKEN_CHUNK;
        writeShards(
                "tokens/c/",
                rows,
                columns,
                (row, column) -> Optional.of(() -> compressed(tokenChunk(tokens, row, column))));
    }

    private static byte[] tokenChunk(TokenGrid tokens, int chunkRow, int chunkColumn) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * TOKEN_CHUNK * TOKEN_CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        short[] row = new short[TOKEN_CHUNK];
        int left = chunkColumn * TOKEN_CHUNK;
        int count = Math.min(TOKEN_CHUNK, tokens.columns() - left);
        for (int y = 0; y < TOKEN_CHUNK && chunkRow * TOKEN_CHUNK + y < tokens.rows(); y++) {
            tokens.read(left, chunkRow * TOKEN_CHUNK + y, count, row, 0);
            bytes.position(2 * TOKEN_CHUNK * y);
            bytes.asShortBuffer().put(row, 0, count);
        }
        return bytes.array();
    }

    private void writeShards(String prefix, int rows, int columns, Chunks chunks) throws IOException {
        for (int shardRow = 0; shardRow * SHARD_CHUNKS < rows; shardRow++) {
            for (int shardColumn = 0; shardColumn * SHARD_CHUNKS < columns; shardColumn++) {
                Path file = tree.file(prefix + shardRow + "/" + shardColumn);
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
                    writeShard(out, shardRow * SHARD_CHUNKS, shardColumn * SHARD_CHUNKS, rows, columns, chunks);
                }
                source.tell();
            }
        }
    }

    private void writeShard(OutputStream out, int firstRow, int firstColumn, int rows, int columns, Chunks chunks)
            throws IOException {
        ByteBuffer index = ByteBuffer.allocate(16 * SHARD_CHUNKS * SHARD_CHUNKS).order(ByteOrder.LITTLE_ENDIAN);
        var written = new Object() {
            long bytes;
        };
        try (var ordered = new Ordered<Optional<byte[]>>(READ_AHEAD, chunk -> {
            if (chunk.isEmpty()) {
                index.putLong(MISSING).putLong(MISSING);
                return;
            }
            out.write(chunk.get());
            index.putLong(written.bytes).putLong(chunk.get().length);
            written.bytes += chunk.get().length;
        })) {
            for (int row = firstRow; row < firstRow + SHARD_CHUNKS; row++) {
                for (int column = firstColumn; column < firstColumn + SHARD_CHUNKS; column++) {
                    Optional<Callable<byte[]>> chunk =
                            row < rows && column < columns ? chunks.chunk(row, column) : Optional.empty();
                    ordered.give(
                            () -> chunk.isPresent() ? Optional.of(chunk.get().call()) : Optional.empty());
                }
            }
            ordered.drain();
        }
        var checksum = new CRC32C();
        checksum.update(index.array());
        out.write(index.array());
        out.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) checksum.getValue())
                .array());
    }

    private byte[] compressed(byte[] chunk) {
        return Zstd.compress(chunk, zstdLevel);
    }

    /** All red, then all green, then all blue; black where a tile at the border has nothing. */
    private static byte[] planar(PixelBlock tile, int side) {
        byte[] planes = new byte[3 * side * side];
        byte[] rgb = tile.rgb();
        int from = 0;
        for (int y = 0; y < tile.heightPixels(); y++) {
            int to = y * side;
            for (int x = 0; x < tile.widthPixels(); x++, to++) {
                planes[to] = rgb[from++];
                planes[to + side * side] = rgb[from++];
                planes[to + 2 * side * side] = rgb[from++];
            }
        }
        return planes;
    }

    private ObjectNode group(int smallest) {
        ObjectNode group = node("group");
        ObjectNode ome = group.putObject("attributes").putObject("ome").put("version", "0.5");
        ObjectNode scales = ome.putArray("multiscales").addObject();
        scales.put("name", source.manifest().job().value());
        ArrayNode axes = scales.putArray("axes");
        axes.addObject().put("name", "c").put("type", "channel");
        axes.addObject().put("name", "y").put("type", "space");
        axes.addObject().put("name", "x").put("type", "space");
        ArrayNode datasets = scales.putArray("datasets");
        for (int level = pyramid.topLevel(); level >= smallest; level--) {
            int down = pyramid.topLevel() - level;
            double scale = Math.pow(2, down);
            ObjectNode dataset = datasets.addObject().put("path", Integer.toString(down));
            ArrayNode steps = dataset.putArray("coordinateTransformations");
            steps.addObject()
                    .put("type", "scale")
                    .putArray("scale")
                    .add(1.0)
                    .add(scale)
                    .add(scale);
        }
        ArrayNode channels = ome.putObject("omero").putArray("channels");
        for (String[] channel : new String[][] {{"red", "FF0000"}, {"green", "00FF00"}, {"blue", "0000FF"}}) {
            ObjectNode shown = channels.addObject()
                    .put("label", channel[0])
                    .put("color", channel[1])
                    .put("active", true);
            shown.putObject("window")
                    .put("min", 0)
                    .put("max", 255)
                    .put("start", 0)
                    .put("end", 255);
        }
        return group;
    }

    private ObjectNode array(List<Integer> shape, List<Integer> chunk, List<String> dimensions, String type) {
        ObjectNode array = node("array");
        shape.forEach(array.putArray("shape")::add);
        array.put("data_type", type);
        ArrayNode shard = array.putObject("chunk_grid")
                .put("name", "regular")
                .putObject("configuration")
                .putArray("chunk_shape");
        chunk.forEach(side -> shard.add(side == 3 ? side : side * SHARD_CHUNKS));
        array.putObject("chunk_key_encoding")
                .put("name", "default")
                .putObject("configuration")
                .put("separator", "/");
        array.put("fill_value", 0);
        ObjectNode sharding = array.putArray("codecs")
                .addObject()
                .put("name", "sharding_indexed")
                .putObject("configuration");
        chunk.forEach(sharding.putArray("chunk_shape")::add);
        ArrayNode codecs = sharding.putArray("codecs");
        little(codecs.addObject());
        codecs.addObject()
                .put("name", "zstd")
                .putObject("configuration")
                .put("level", zstdLevel)
                .put("checksum", false);
        ArrayNode indexCodecs = sharding.putArray("index_codecs");
        little(indexCodecs.addObject());
        indexCodecs.addObject().put("name", "crc32c");
        sharding.put("index_location", "end");
        dimensions.forEach(array.putArray("dimension_names")::add);
        array.putObject("attributes");
        return array;
    }

    private static void little(ObjectNode codec) {
        codec.put("name", "bytes").putObject("configuration").put("endian", "little");
    }

    private static ObjectNode node(String type) {
        return JSON.createObjectNode().put("zarr_format", 3).put("node_type", type);
    }

    private void addJson(String name, ObjectNode content) throws IOException {
        tree.add(name, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
    }
}
