package handscroll.cli.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.cli.evaluate.Discontinuity.Scored;
import handscroll.cli.evaluate.Discontinuity.Spread;
import handscroll.worker.seam.BorderScores;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What {@link Evaluation} found, as a table for people and as JSON for scripts. */
public record EvaluationReport(
        Path directory,
        int patchPixels,
        Scored picture,
        Optional<Scored> source,
        Optional<Scored> independent,
        Optional<Content> content) {

    /** No published figure: the network is that of nsfwjs. */
    private static final String NETWORK = "nsfw-inception";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Mean Discontinuity Score of all borders; 1 is a border like any other line of the picture. */
    public double mean() {
        return picture.borders().all().mean();
    }

    /** Several lines, without a line end after the last. */
    public String table() {
        Discontinuity borders = picture.borders();
        var text = new StringBuilder();
        text.append(line(
                "%s: %d x %d pixels, patches of %d pixels",
                directory, borders.widthPixels(), borders.heightPixels(), patchPixels));
        text.append(line(
                "%d borders between patches were scored%s",
                borders.pieceCount(),
                borders.missingCount() == 0
                        ? ""
                        : "; " + borders.missingCount() + " were not, because tiles beside them are missing"));
        text.append('\n');
        text.append(line("Discontinuity Score      mean     p99   worst  at x,y          (1: no seam)"));
        text.append(row("this picture", borders));
        text.append(spread("  left | right", borders.vertical()));
        text.append(spread("  above / below", borders.horizontal()));
        borders.seam().ifPresent(seam -> text.append(spread("  where it wraps", seam)));
        picture.knownBorder()
                .ifPresent(border -> text.append(line(
                        "%-21s %7.3f %7.3f%8.3f  %d,%d",
                        "  around the source",
                        border.all().mean(),
                        border.all().p99(),
                        border.worst().score(),
                        border.worst().xPixels(),
                        border.worst().yPixels())));
        text.append(row("  between borders", picture.between()));
        source.ifPresent(scored -> text.append(row("source picture", scored.borders())));
        independent.ifPresent(scored -> text.append(row("independent patches", scored.borders())));
        borders.worstLine()
                .ifPresent(worst -> text.append(line(
                        "Of the lines from border to border of the picture the worst scores %.3f (%s, %d patches long)%s",
                        worst.mean(),
                        (worst.border() == BorderScores.Border.VERTICAL ? "x = " : "y = ") + worst.atPixels(),
                        worst.pieceCount(),
                        picture.between()
                                .worstLine()
                                .map(control ->
                                        String.format(Locale.ROOT, ", half a patch beside them %.3f", control.mean()))
                                .orElse(""))));
        text.append('\n').append("From left to right:");
        borders.drift().forEach(block -> text.append(String.format(Locale.ROOT, " %.2f", block.mean())));
        text.append(line(" (%+.3f over the width)", borders.driftOverWidth()));
        text.append(fromSeed());
        content.ifPresent(found -> text.append("\n\n").append(contentTable(found)));
        return text.toString();
    }

    private String fromSeed() {
        Drift drift = picture.fromSeed();
        return Double.isNaN(drift.slope())
                ? "Too small a picture to tell a drift from the seed."
                : String.format(
                        Locale.ROOT,
                        "From the seed on: %+.4f ± %.4f in 1,000 px, over %,d px: %s",
                        drift.slope(),
                        drift.error(),
                        drift.reachPixels(),
                        drift.isLevel() ? "no drift that could be told from 0" : "a drift");
    }

    private static String contentTable(Content found) {
        StringBuilder text = new StringBuilder(line(
                "%,d blocks half a patch beside the patches, against as many from the source", found.blockCount()));
        if (found.picture().isEmpty()) {
            text.append("no network to compare with: deploy/fetch-features fetches one\n");
        } else {
            text.append(line("                      FID-%1$s   1,000 x KID-%1$s", NETWORK));
            text.append(distance("this picture", found.picture()));
            text.append(distance("the source itself", found.sourceItself()));
            text.append(distance("independent patches", found.independent()));
        }
        Novelty novelty = found.novelty();
        return text.append(String.format(
                        Locale.ROOT,
                        "To the nearest block of the source: %.1f grey levels at the median, %.1f at least (within the source"
                                + " %.1f); %.1f %% nearer than any two of the source",
                        novelty.median(),
                        novelty.nearest(),
                        novelty.sourceMedian(),
                        100 * novelty.nearShare()))
                .toString();
    }

    private static String distance(String name, Optional<FeatureDistance> distance) {
        return distance.map(
                        found -> line("%-21s %18.4f   %10.3f ± %.3f", name, found.fid(), found.kid(), found.kidError()))
                .orElse("");
    }

    /** The drift from the seed on. */
    public BufferedImage plot() {
        return DriftPlot.of(picture.fromSeed());
    }

    private static String row(String name, Discontinuity found) {
        String worst = found.worst()
                .map(piece ->
                        String.format(Locale.ROOT, "%8.3f  %d,%d", piece.score(), piece.xPixels(), piece.yPixels()))
                .orElse("       –");
        return line("%-21s %7.3f %7.3f%s", name, found.all().mean(), found.all().p99(), worst);
    }

    private static String spread(String name, Spread spread) {
        return line("%-21s %7.3f %7.3f", name, spread.mean(), spread.p99());
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }

    /** One object; what is not a number or was not asked for is null. */
    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("directory", directory.toString());
        json.put("patchPixels", patchPixels);
        json.set("discontinuity", discontinuity(picture.borders()));
        ArrayNode drift = json.putArray("drift");
        picture.borders()
                .drift()
                .forEach(block -> drift.addObject()
                        .put("fromPixels", block.fromPixels())
                        .put("toPixels", block.toPixels())
                        .put("mean", block.mean()));
        number(json, "driftOverWidth", picture.borders().driftOverWidth());
        Drift fromSeed = picture.fromSeed();
        ObjectNode line = json.putObject("driftFromSeed");
        number(line, "slopePer1000Pixels", fromSeed.slope());
        number(line, "confidence95", fromSeed.error());
        line.put("reachPixels", fromSeed.reachPixels());
        picture.knownBorder()
                .ifPresentOrElse(
                        border -> {
                            ObjectNode known = json.putObject("sourceBorder");
                            number(known, "mean", border.all().mean());
                            number(known, "p99", border.all().p99());
                            number(known, "worst", border.worst().score());
                            known.put("pieceCount", border.pieceCount());
                        },
                        () -> json.putNull("sourceBorder"));
        content.ifPresentOrElse(found -> json.set("content", contentJson(found)), () -> json.putNull("content"));
        ObjectNode controls = json.putObject("controls");
        controls.set("between", discontinuity(picture.between()));
        control(controls, "source", source);
        control(controls, "independent", independent);
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of plain values could not be written", impossible);
        }
    }

    private static ObjectNode contentJson(Content found) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("blockCount", found.blockCount());
        json.put("network", NETWORK);
        distance(json, "picture", found.picture());
        distance(json, "sourceItself", found.sourceItself());
        distance(json, "independent", found.independent());
        Novelty novelty = found.novelty();
        json.putObject("novelty")
                .put("median", novelty.median())
                .put("nearest", novelty.nearest())
                .put("sourceMedian", novelty.sourceMedian())
                .put("nearShare", novelty.nearShare());
        return json;
    }

    private static void distance(ObjectNode json, String name, Optional<FeatureDistance> distance) {
        distance.ifPresentOrElse(
                found -> json.putObject(name)
                        .put("fid", found.fid())
                        .put("kid", found.kid())
                        .put("kidError", found.kidError()),
                () -> json.putNull(name));
    }

    private static void control(ObjectNode controls, String name, Optional<Scored> scored) {
        scored.ifPresentOrElse(
                found -> controls.set(name, discontinuity(found.borders())), () -> controls.putNull(name));
    }

    private static ObjectNode discontinuity(Discontinuity found) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        number(json, "mean", found.all().mean());
        number(json, "p99", found.all().p99());
        number(json, "worst", found.worst().map(BorderScores.Piece::score).orElse(Double.NaN));
        found.worst()
                .ifPresentOrElse(
                        piece -> json.putObject("worstAt")
                                .put("xPixels", piece.xPixels())
                                .put("yPixels", piece.yPixels())
                                .put("border", piece.border().name().toLowerCase(Locale.ROOT)),
                        () -> json.putNull("worstAt"));
        found.worstLine()
                .ifPresentOrElse(
                        line -> json.putObject("worstLine")
                                .put("mean", line.mean())
                                .put("border", line.border().name().toLowerCase(Locale.ROOT))
                                .put("atPixels", line.atPixels())
                                .put("pieceCount", line.pieceCount()),
                        () -> json.putNull("worstLine"));
        json.put("pieceCount", found.pieceCount());
        json.put("missingCount", found.missingCount());
        json.put("regulariser", found.regulariser());
        json.set("vertical", spread(found.vertical()));
        json.set("horizontal", spread(found.horizontal()));
        found.seam().ifPresentOrElse(seam -> json.set("seam", spread(seam)), () -> json.putNull("seam"));
        return json;
    }

    private static ObjectNode spread(Spread spread) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        number(json, "mean", spread.mean());
        number(json, "p99", spread.p99());
        return json;
    }

    private static void number(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
