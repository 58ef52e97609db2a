/** Where tiles end: the Deep Zoom pyramid that grows on the disk, its manifest, and what is exported from it. */
package handscroll.coordinator.output;
