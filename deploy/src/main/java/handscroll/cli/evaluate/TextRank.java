package handscroll.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether pictures show what their texts say: is the picture of snow nearer to photographs of snow than to those of
 * anything else? Each kind of photograph is the mean of its features, and near is the cosine after the mean of all
 * kinds is taken off, so that what all landscapes have in common does not count.
 *
 * @param ranks of each picture, in the order they were given
 */
public record TextRank(List<Rank> ranks, int kindCount) {

    /**
     * One picture.
     *
     * @param kind that its text names
     * @param place of its own kind among all, 1 being the nearest
     * @param nearest kind
     */
    public record Rank(String kind, int place, String nearest) {}

    public TextRank {
        ranks = List.copyOf(ranks);
    }

    /** A picture whose text names a kind. */
    public record Drawn(String kind, float[] features) {}

    /** @param photographs features of those of each kind */
    public static TextRank of(Map<String, List<float[]>> photographs, List<Drawn> pictures) {
        Map<String, double[]> means = new LinkedHashMap<>();
        photographs.forEach((kind, features) -> means.put(kind, mean(features)));
        double[] middle = new double[means.values().iterator().next().length];
        for (double[] mean : means.values()) {
            for (int i = 0; i < middle.length; i++) {
                middle[i] += mean[i] / means.size();
            }
        }
        double[] drawn = mean(pictures.stream().map(Drawn::features).toList());
        List<Rank> ranks = new ArrayList<>();
        for (Drawn picture : pictures) {
            double[] own = new double[middle.length];
            for (int i = 0; i < own.length; i++) {
                // Drawn pictures differ from photographs in what they all have in common, too.
                own[i] = picture.features()[i] - drawn[i];
            }
            Map<String, Double> nearness = new LinkedHashMap<>();
            means.forEach((kind, mean) -> nearness.put(kind, cosine(own, less(mean, middle))));
            double ofOwn = nearness.getOrDefault(picture.kind(), -1.0);
            int place = 1
                    + (int) nearness.values().stream()
                            .filter(other -> other > ofOwn)
                            .count();
            String nearest = nearness.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
            ranks.add(new Rank(picture.kind(), place, nearest));
        }
        return new TextRank(ranks, means.size());
    }

    /** Of all pairs of a picture and another kind, how many the picture's own kind wins. */
    public double share() {
        double won = 0;
        for (Rank rank : ranks) {
            won += (double) (kindCount - rank.place()) / (kindCount - 1);
        }
        return won / ranks.size();
    }

    public String table() {
        StringBuilder text = new StringBuilder();
        for (Rank rank : ranks) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-14s place %2d of %d, nearest %s%n",
                    rank.kind(),
                    rank.place(),
                    kindCount,
                    rank.nearest()));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "rank    %.1f %% of the pairs are won by what the text says (50 %% is chance), over %d pictures",
                        100 * share(),
                        ranks.size()))
                .toString();
    }

    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("share", share()).put("kindCount", kindCount);
        ArrayNode list = json.putArray("pictures");
        for (Rank rank : ranks) {
            list.addObject().put("kind", rank.kind()).put("place", rank.place()).put("nearest", rank.nearest());
        }
        return json.toPrettyString();
    }

    private static double[] mean(List<float[]> features) {
        double[] mean = new double[features.get(0).length];
        for (float[] one : features) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += one[i] / (double) features.size();
            }
        }
        return mean;
    }

    private static double[] less(double[] vector, double[] other) {
        double[] result = new double[vector.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = vector[i] - other[i];
        }
        return result;
    }

    private static double cosine(double[] a, double[] b) {
        double dot = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            first += a[i] * a[i];
            second += b[i] * b[i];
        }
        return dot / (Math.sqrt(first * second) + 1e-12);
    }
}
