package handscroll.coordinator.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who somebody is, by the token that they show. Knows only hashes of tokens, so whoever reads them cannot
 * use them. Without any token everybody may do everything: then being able to reach the address is the key.
 */
final class Access {

    /** @param name stands in the audit log */
    record Visitor(String name, Role role) {}

    private record Token(byte[] hash, Visitor visitor) {}

    private static final Visitor ANYBODY = new Visitor("anybody", Role.ADMIN);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final List<Token> tokens;

    private Access(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    /**
     * @param lines {@code NAME ROLE SHA256}, as {@code handscroll token} prints them; blank ones and those that
     *     begin with # say nothing
     * @throws IllegalStateException with every line that cannot be read, by its number
     */
    static Access of(List<String> lines) {
        List<Token> tokens = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+");
            Optional<Role> role = parts.length == 3 ? Role.named(parts[1]) : Optional.empty();
            if (role.isEmpty() || !HASH.matcher(parts[2]).matches()) {
                // The line itself may be a token that somebody forgot to hash.
                problems.add("token " + number);
            } else {
                tokens.add(new Token(HexFormat.of().parseHex(parts[2]), new Visitor(parts[0], role.get())));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join(", ", problems)
                    + " cannot be read; write NAME ROLE SHA256 with a role of viewer, operator or admin, as"
                    + " handscroll token prints it");
        }
        return new Access(tokens);
    }

    boolean asksForTokens() {
        return !tokens.isEmpty();
    }

    /** Empty when tokens are asked for and this is none of them. */
    Optional<Visitor> visitor(Optional<String> shown) {
        if (tokens.isEmpty()) {
            return Optional.of(ANYBODY);
        }
        return shown.flatMap(token -> {
            byte[] hash = sha256(token);
            // All are compared, each in constant time: how long it takes tells nothing of how near a guess is.
            Optional<Visitor> found = Optional.empty();
            for (Token known : tokens) {
                if (MessageDigest.isEqual(known.hash(), hash)) {
                    found = Optional.of(known.visitor());
                }
            }
            return found;
        });
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
