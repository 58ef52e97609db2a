package handscroll.protocol.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes typed values out of a job spec and notes everything that is wrong instead of stopping at the
 * first: a value that cannot be used is reported and answered as if it were not given.
 */
final class SpecFields {

    private final Config config;
    private final Set<String> known;
    private final Set<String> misshapenGroups = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    SpecFields(Config config, Set<String> known) {
        this.config = config;
        this.known = known;
        refuseUnknown("", config.root());
    }

    List<Problem> problems() {
        return problems;
    }

    void refuse(String where, String what, String remedy) {
        problems.add(new Problem(where, what, remedy));
    }

    boolean has(String path) {
        return config.hasPath(path);
    }

    void demand(String path, String remedy) {
        if (!has(path) && !misshapenGroups.contains(groupOf(path))) {
            refuse(path, "is missing", remedy);
        }
    }

    Optional<String> text(String path) {
        if (!has(path)) {
            return Optional.empty();
        }
        ConfigValue value = config.getValue(path);
        boolean plain = value.valueType() != ConfigValueType.LIST && value.valueType() != ConfigValueType.OBJECT;
        String text = plain ? String.valueOf(value.unwrapped()) : "";
        if (text.isBlank()) {
            refuse(path, shown(value) + " is no text", "give it as " + path + " = \"…\"");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** A whole number from {@code least} to {@code most}. */
    Optional<Long> whole(String path, long least, long most) {
        return has(path) ? whole(path, config.getValue(path), least, most) : Optional.empty();
    }

    private Optional<Long> whole(String path, ConfigValue value, long least, long most) {
        String range = "give a whole number from " + least + " to " + most;
        try {
            long number = decimal(value).longValueExact();
            if (number < least || number > most) {
                refuse(path, number + " is " + (number < least ? "too small" : "too large"), range);
                return Optional.empty();
            }
            return Optional.of(number);
        } catch (ArithmeticException e) {
            refuse(path, shown(value) + " is no whole number", range);
            return Optional.empty();
        }
    }

    /** A list of exactly two whole numbers from {@code least} to {@code most}. */
    Optional<long[]> pair(String path, long least, long most) {
        if (!has(path)) {
            return Optional.empty();
        }
        ConfigValue value = config.getValue(path);
        if (value.valueType() != ConfigValueType.LIST || config.getList(path).size() != 2) {
            refuse(path, shown(value) + " is no pair of numbers", "give it as " + path + " = [x, y]");
            return Optional.empty();
        }
        var first = whole(path + "[0]", config.getList(path).get(0), least, most);
        var second = whole(path + "[1]", config.getList(path).get(1), least, most);
        return first.flatMap(x -> second.map(y -> new long[] {x, y}));
    }

    /** A number from {@code least} to {@code most}. */
    Optional<Double> number(String path, double least, double most) {
        if (!has(path)) {
            return Optional.empty();
        }
        ConfigValue value = config.getValue(path);
        String range = "give a number from " + least + " to " + most;
        try {
            double number = decimal(value).doubleValue();
            if (number < least || number > most) {
                refuse(path, shown(value) + " is " + (number < least ? "too small" : "too large"), range);
                return Optional.empty();
            }
            return Optional.of(number);
        } catch (ArithmeticException e) {
            refuse(path, shown(value) + " is no number", range);
            return Optional.empty();
        }
    }

    /** A list of groups that have these keys; what is wrong with one of them is said with its number. */
    List<SpecFields> groups(String path, Set<String> keys, int most) {
        if (!has(path)) {
            return List.of();
        }
        ConfigValue value = config.getValue(path);
        if (!(value instanceof ConfigList list) || !list.stream().allMatch(ConfigObject.class::isInstance)) {
            refuse(path, shown(value) + " is no list of groups", "give it as " + path + " = [{ … }, { … }]");
            return List.of();
        }
        if (list.size() > most) {
            refuse(path, "are " + list.size(), "give " + most + " at most");
            return List.of();
        }
        List<SpecFields> groups = new ArrayList<>();
        for (ConfigValue group : list) {
            groups.add(new SpecFields(((ConfigObject) group).toConfig(), keys));
        }
        return groups;
    }

    /** Takes over the problems of the group at this place. */
    void takeProblems(String place, SpecFields group) {
        group.problems().forEach(problem -> refuse(place + "." + problem.where(), problem.what(), problem.remedy()));
    }

    <T> Optional<T> oneOf(String path, Map<String, T> choices) {
        Optional<String> name = text(path);
        if (name.isPresent() && !choices.containsKey(name.get())) {
            refuse(
                    path,
                    "\"" + name.get() + "\" is unknown",
                    nearest(name.get(), choices.keySet())
                            .map(near -> "did you mean \"" + near + "\"?")
                            .orElse("one of " + String.join(", ", choices.keySet())));
        }
        return name.map(choices::get);
    }

    private void refuseUnknown(String prefix, ConfigObject group) {
        new TreeMap<>(group).forEach((key, value) -> {
            String path = prefix + key;
            if (isGroup(path)) {
                if (value instanceof ConfigObject inner) {
                    refuseUnknown(path + ".", inner);
                } else {
                    misshapenGroups.add(path);
                    refuse(path, shown(value) + " is no group of keys", "give it as " + path + " { … }");
                }
            } else if (!known.contains(path)) {
                refuse(path, "is unknown", remedyFor(path));
            }
        });
    }

    private String remedyFor(String path) {
        return nearest(path, known)
                .or(() -> known.stream()
                        .filter(name -> lastPart(name).equals(lastPart(path)))
                        .findFirst())
                .or(() -> nearest(
                        lastPart(path), known.stream().map(SpecFields::lastPart).toList()))
                .map(name -> "did you mean \"" + name + "\"?")
                .orElse("one of " + String.join(", ", known));
    }

    private boolean isGroup(String path) {
        return known.stream().anyMatch(name -> name.startsWith(path + "."));
    }

    private static String groupOf(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** A number written as one or, as overrides from a command line are, as text. */
    private static BigDecimal decimal(ConfigValue value) {
        if (value.valueType() != ConfigValueType.NUMBER && value.valueType() != ConfigValueType.STRING) {
            throw new ArithmeticException("no number");
        }
        try {
            BigDecimal number = new BigDecimal(String.valueOf(value.unwrapped()).trim());
            // Far beyond every range here; kept from expanding 1e999999999 digit by digit.
            if (number.scale() < -400 || number.scale() > 400) {
                throw new ArithmeticException("out of every range");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new ArithmeticException("no number");
        }
    }

    private static String shown(ConfigValue value) {
        return value.valueType() == ConfigValueType.STRING
                ? "\"" + value.unwrapped() + "\""
                : String.valueOf(value.unwrapped());
    }

    /** The name that a slip of the finger or two away was meant, if there is one. */
    static Optional<String> nearest(String written, Iterable<String> names) {
        List<String> candidates = new ArrayList<>();
        names.forEach(candidates::add);
        return candidates.stream()
                .filter(name -> slips(written, name) <= Math.max(1, Math.min(written.length(), name.length()) / 3))
                .min(Comparator.comparingInt(name -> slips(written, name)));
    }

    /** Letters to insert, drop, replace or swap with their neighbour until one word is the other. */
    private static int slips(String from, String to) {
        int[][] slips = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int replaced = slips[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                slips[i][j] = Math.min(replaced, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    slips[i][j] = Math.min(slips[i][j], slips[i - 2][j - 2] + 1);
                }
            }
        }
        return slips[from.length()][to.length()];
    }
}
