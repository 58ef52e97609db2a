/** What a network sees in a picture: for figures that compare pictures, never for making them. */
package handscroll.worker.features;
