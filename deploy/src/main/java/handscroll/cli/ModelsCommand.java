package handscroll.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "models",
        description = "Lists the models that are there, and checks their weights.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll models")
final class ModelsCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private Printing printing = new Printing();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        ModelShelf shelf =
                CliSettings.from(shared.config("local.conf", Map.of())).models();
        PrintWriter out = printing.out();
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        var list = all.putArray("models");
        boolean allUsable = true;
        for (String name : shelf.names()) {
            ObjectNode entry = list.addObject().put("name", name);
            try {
                ModelCard card = shelf.find(name);
                describe(entry, card);
                if (!printing.isJson()) {
                    out.println(line(card));
                }
            } catch (Refusal refusal) {
                allUsable = false;
                entry.put("problem", refusal.getMessage());
                if (!printing.isJson()) {
                    spec.commandLine().getErr().println(refusal.getMessage());
                }
            }
        }
        if (printing.isJson()) {
            out.println(all.toPrettyString());
        } else if (shelf.names().isEmpty()) {
            out.println("There is no model in " + shelf.directories()
                    + "; make one with: handscroll train --name NAME --from PICTURE");
        }
        return allUsable ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private static String line(ModelCard card) {
        return String.format(
                Locale.ROOT,
                "%-20s %s, patches of %d px, %d codes, context %d x %d x %d%s%s%s, %s, %s",
                card.name(),
                card.family(),
                card.patchPixels(),
                card.codes(),
                card.context().columns(),
                card.context().rows(),
                card.context().frames(),
                card.context().states() == ContextStates.RECURRENT ? ", recurrent" : "",
                card.sampling().decoding() == Decoding.PARALLEL
                        ? ", in " + card.sampling().rounds() + " rounds"
                        : "",
                card.knowsTexts() ? ", follows texts" : "",
                card.licence(),
                card.directory());
    }

    private static void describe(ObjectNode entry, ModelCard card) {
        entry.put("family", card.family())
                .put("directory", card.directory().toString())
                .put("patchPixels", card.patchPixels())
                .put("tokensPerSide", card.tokensPerSide())
                .put("codes", card.codes())
                .put("states", card.context().states().configName())
                .put("decoding", card.sampling().decoding().configName())
                .put("rounds", card.sampling().rounds())
                .put("textEncoder", card.textEncoder())
                .put("licence", card.licence())
                .put("hash", card.hash());
        entry.putArray("context")
                .add(card.context().columns())
                .add(card.context().rows())
                .add(card.context().frames());
    }
}
