package handscroll.coordinator.export;

import java.io.Closeable;
import java.io.IOException;

/** Where an export of many files goes: a directory, or a zip archive. Appears under its name when it is whole. */
interface FileTree extends Closeable {

    /** @param name relative, with slashes; each comes once */
    void add(String name, byte[] content) throws IOException;

    /** Makes it appear; closed without this, nothing is left of it. */
    void complete() throws IOException;
}
