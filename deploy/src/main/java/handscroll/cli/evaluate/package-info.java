/** Figures about rendered pictures: whether the borders of their patches can be seen. */
package handscroll.cli.evaluate;
