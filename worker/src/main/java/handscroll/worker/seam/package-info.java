/** How well patches fit to each other, to be seen in their pixels: one definition, for maps and for {@code evaluate}. */
package handscroll.worker.seam;
