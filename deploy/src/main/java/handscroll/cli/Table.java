package handscroll.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Aligned columns for people, two blanks apart. */
final class Table {

    private final Set<Integer> numbers;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param numbers columns whose last digits stand below each other */
    Table(Set<Integer> numbers) {
        this.numbers = Set.copyOf(numbers);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    List<String> lines(String indent) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String blanks = " ".repeat(width(column) - cell.length());
                line.append(column == 0 ? "" : "  ").append(numbers.contains(column) ? blanks + cell : cell + blanks);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> column < row.size())
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
    }
}
