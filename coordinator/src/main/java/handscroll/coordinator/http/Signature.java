package handscroll.coordinator.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Says that a message comes from whoever has the secret, and when: HMAC-SHA256 over the second of its sending, a point, and its body.
 * A receiver computes the same, compares in constant time, and refuses what is older than some minutes.
 */
final class Signature {

    static final String HEADER = "Handscroll-Signature";

    private static final String ALGORITHM = "HmacSHA256";

    /** Like {@code t=1795603200,v1=5257a869…}. */
    static String of(byte[] secret, long epochSecond, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            byte[] signed = mac.doFinal((epochSecond + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + epochSecond + ",v1=" + HexFormat.of().formatHex(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    private Signature() {}
}
