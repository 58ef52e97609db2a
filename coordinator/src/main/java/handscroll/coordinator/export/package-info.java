/** Other formats of a picture, from its durable tiles: everything streams, and memory does not grow with the picture. */
package handscroll.coordinator.export;
