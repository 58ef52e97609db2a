package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessTest {

    /** Of "secret". */
    private static final String HASH = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    @Test
    void withoutTokensEverybodyMayDoEverything() {
        var access = Access.of(List.of("# nobody yet", ""));
        assertThat(access.asksForTokens()).isFalse();
        assertThat(access.visitor(Optional.empty()).orElseThrow().role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void aTokenSaysWhoSomebodyIsAndItsHashDoesNot() {
        var access = Access.of(List.of("ann viewer " + HASH));
        assertThat(access.visitor(Optional.of("secret"))).contains(new Access.Visitor("ann", Role.VIEWER));
        assertThat(access.visitor(Optional.of(HASH))).isEmpty();
        assertThat(access.visitor(Optional.empty())).isEmpty();
    }

    @Test
    void aLineThatCannotBeReadIsNamedByItsNumberBecauseItMayBeASecret() {
        assertThatThrownBy(() -> Access.of(List.of("ann viewer " + HASH, "bob boss " + HASH, "secret")))
                .hasMessageStartingWith("token 2, token 3 cannot be read")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aRoleIncludesThoseBeforeIt() {
        assertThat(Role.ADMIN.includes(Role.VIEWER)).isTrue();
        assertThat(Role.OPERATOR.includes(Role.OPERATOR)).isTrue();
        assertThat(Role.VIEWER.includes(Role.OPERATOR)).isFalse();
    }
}
