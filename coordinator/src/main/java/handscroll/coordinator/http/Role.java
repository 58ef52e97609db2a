package handscroll.coordinator.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a visitor may do; each may do what those before it may. */
enum Role {
    /** Looks at jobs, pictures, workers. */
    VIEWER,
    /** Hands jobs in, pauses, resumes and cancels them. */
    OPERATOR,
    /** Drains workers, reads who did what. */
    ADMIN;

    boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> named(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
