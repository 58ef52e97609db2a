package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontDoorTest {

    private final FrontDoor onLoopback = new FrontDoor(true, "127.0.0.1", List.of("farm.example"));
    private final FrontDoor onNetwork = new FrontDoor(false, "0.0.0.0", List.of());

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080", "farm.example"})
    void letsInWhatAddressesThisMachine(String host) {
        assertThat(onLoopback.objection(Optional.of(host), Optional.empty(), true))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::1"})
    void refusesAForgedNameOnLoopback(String host) {
        assertThat(onLoopback.objection(Optional.of(host), Optional.of("http://" + host), false))
                .hasValueSatisfying(objection -> assertThat(objection).contains(host));
    }

    @Test
    void refusesAPageOfAnotherOriginThatWantsToChangeSomething() {
        assertThat(onNetwork.objection(Optional.of("farm:8080"), Optional.of("http://evil.example"), true))
                .isPresent();
        assertThat(onNetwork.objection(Optional.of("farm:8080"), Optional.of("null"), true))
                .isPresent();
        assertThat(onNetwork.objection(Optional.of("farm:8080"), Optional.of("http://farm:9090"), true))
                .isPresent();
    }

    @Test
    void letsItsOwnPagesAndProgramsChangeThings() {
        assertThat(onNetwork.objection(Optional.of("farm:8080"), Optional.of("http://farm:8080"), true))
                .isEmpty();
        assertThat(onNetwork.objection(Optional.of("farm:8080"), Optional.empty(), true))
                .isEmpty();
    }
}
