package handscroll.coordinator.plan;

/** Gives the tokens of a rendered cell of a sampling stage, row by row; its callers ask for no other cells. */
@FunctionalInterface
public interface TokenLookup {
    short[] tokens(int stage, int index);
}
