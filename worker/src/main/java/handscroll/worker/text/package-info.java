/** What a text means, as numbers that a model can be told. */
package handscroll.worker.text;
