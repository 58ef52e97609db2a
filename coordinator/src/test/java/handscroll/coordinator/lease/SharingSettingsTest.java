package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class SharingSettingsTest {

    @Test
    void theUsualOnesAreThoseOfTheReference() {
        assertThat(LeaseSettings.from(ConfigFactory.load()).sharing()).isEqualTo(SharingSettings.USUAL);
    }
}
