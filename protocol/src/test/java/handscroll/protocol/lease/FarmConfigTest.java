package handscroll.protocol.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class FarmConfigTest {

    @Test
    void whatTheFarmAsksOfAkkaWinsOverAkkasOwnDefaults() {
        var config = FarmConfig.load(ConfigFactory.empty());
        assertThat(config.getString("akka.actor.provider")).isEqualTo("cluster");
        assertThat(config.getString("akka.remote.artery.transport")).isEqualTo("tcp");
        assertThat(config.getString("akka.remote.artery.canonical.hostname")).isEqualTo("127.0.0.1");
        assertThat(config.getBytes("akka.remote.artery.advanced.maximum-frame-size"))
                .isEqualTo(1 << 20);
        assertThat(config.getBoolean("akka.actor.allow-java-serialization")).isFalse();
    }

    @Test
    void theSiteWinsOverWhatTheFarmAsks() {
        var site = ConfigFactory.parseString("akka.remote.artery.canonical.hostname = farm-1");
        assertThat(FarmConfig.load(site).getString("akka.remote.artery.canonical.hostname"))
                .isEqualTo("farm-1");
    }
}
