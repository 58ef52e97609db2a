package handscroll.protocol.tile;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.PixelBlock;

/**
 * A finished tile on its way from a worker to the output: already encoded as it will lie on the
 * disk, and once more at half size, so that the output can build the pyramid without decoding.
 *
 * @param epoch of the lease under which it was rendered
 * @param half the tile's pixels averaged two by two; an odd last row or column is averaged with itself
 */
public record RenderedTile(JobId job, PatchId patch, long epoch, byte[] encoded, PixelBlock half) {}
