package handscroll.coordinator.output;

/** The names and the description of a Deep Zoom picture. */
public final class DeepZoomDescription {

    public static final String FILE_NAME = "picture.dzi";
    static final String TILES = "picture_files";

    /** The content of {@link #FILE_NAME}. */
    public static String of(Pyramid pyramid, String extension) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"" + extension
                + "\" Overlap=\"0\" TileSize=\"" + pyramid.tilePixels() + "\"><Size Width=\"" + pyramid.widthPixels()
                + "\" Height=\"" + pyramid.heightPixels() + "\"/></Image>\n";
    }

    /** Relative to the description. */
    public static String tileName(TileId tile, String extension) {
        return TILES + "/" + tile.level() + "/" + tile.column() + "_" + tile.row() + "." + extension;
    }

    private DeepZoomDescription() {}
}
