package handscroll.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "token",
        description = {
            "Makes a token that opens a coordinator's API and pages, and the line that lets the coordinator know it.",
            "The line goes into the file that handscroll.coordinator.http.token-file names; it holds only a hash."
        },
        footerHeading = "%nExample:%n",
        footer = "  handscroll token nightly --role operator")
final class TokenCommand implements Callable<Integer> {

    enum Role {
        VIEWER,
        OPERATOR,
        ADMIN
    }

    /** Nobody guesses it, so it needs no slow hash. */
    private static final int TOKEN_BYTES = 32;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Parameters(paramLabel = "NAME", description = "Whose token it is; it stands in the audit log.")
    private String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "VIEWER",
            description = "viewer looks, operator also hands jobs in and stops them, admin also drains workers;"
                    + " by default viewer.")
    private Role role = Role.VIEWER;

    @Mixin
    private Printing printing = new Printing();

    @Override
    public Integer call() throws NoSuchAlgorithmException {
        if (!name.matches("\\S+")) {
            throw new CommandFailure(ExitCode.REFUSED, "A name has no blanks; write it like nightly-jobs.");
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        String line = name + " " + role.name().toLowerCase(Locale.ROOT) + " "
                + HexFormat.of().formatHex(hash);
        ObjectNode answer =
                JsonNodeFactory.instance.objectNode().put("token", token).put("line", line);
        printing.print(
                answer,
                made -> List.of(
                        "For " + name + ", who keeps it and puts it into HANDSCROLL_TOKEN:",
                        "  " + token,
                        "For the coordinator's token file:",
                        "  " + line));
        return ExitCode.DONE;
    }
}
