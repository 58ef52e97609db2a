package handscroll.cli.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.cli.evaluate.Discontinuity.Scored;
import handscroll.cli.evaluate.Discontinuity.Spread;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What {@link Evaluation} found, as a table for people and as JSON for scripts. */
public record EvaluationReport(
        Path directory, int patchPixels, Scored picture, Optional<Scored> source, Optional<Scored> independent) {

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
        text.append(row("  between borders", picture.between()));
        source.ifPresent(scored -> text.append(row("source picture", scored.borders())));
        independent.ifPresent(scored -> text.append(row("independent patches", scored.borders())));
        text.append('\n').append("From left to right:");
        borders.drift().forEach(block -> text.append(String.format(Locale.ROOT, " %.2f", block.mean())));
        text.append(String.format(Locale.ROOT, " (%+.3f over the width)", borders.driftOverWidth()));
        return text.toString();
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
