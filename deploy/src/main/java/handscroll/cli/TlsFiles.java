package handscroll.cli;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** With what a process of the farm shows who it is. */
record TlsFiles(Path key, Path certificate, Path authority) {

    /** @param config of a process that speaks TLS */
    static TlsFiles of(Config config) {
        Config engine = config.getConfig("akka.remote.artery.ssl.rotating-keys-engine");
        return new TlsFiles(
                Path.of(engine.getString("key-file")),
                Path.of(engine.getString("cert-file")),
                Path.of(engine.getString("ca-cert-file")));
    }

    /** Why others would not let it in, and what to do; empty when they would. */
    List<String> objections(Instant now) {
        List<String> objections = new ArrayList<>();
        try {
            X509Certificate own = read(certificate);
            if (now.isAfter(own.getNotAfter().toInstant())) {
                objections.add(certificate + " ran out on " + own.getNotAfter().toInstant()
                        + "; make it anew with deploy/certificates");
            }
            if (now.isBefore(own.getNotBefore().toInstant())) {
                objections.add(certificate + " holds from " + own.getNotBefore().toInstant()
                        + " on; look at this machine's clock");
            }
            if (!isSignedBy(own, read(authority))) {
                objections.add(certificate + " was not signed by " + authority + "; copy both from one farm's keys");
            }
            if (!isKeyOf(own)) {
                objections.add(key + " is not the key of " + certificate + "; copy both from one directory");
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unreadable) {
            objections.add("the keys cannot be read: " + unreadable.getMessage()
                    + "; make them anew with deploy/certificates");
        }
        return objections;
    }

    /** When its certificate runs out. */
    Instant holdsUntil() throws IOException, CertificateException {
        return read(certificate).getNotAfter().toInstant();
    }

    private static X509Certificate read(Path file) throws IOException, CertificateException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes);
        }
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException foreign) {
            return false;
        }
    }

    private boolean isKeyOf(X509Certificate own) throws IOException, GeneralSecurityException {
        String kind = own.getPublicKey().getAlgorithm();
        Signature signature = Signature.getInstance("SHA256with" + (kind.equals("EC") ? "ECDSA" : kind));
        signature.initSign(privateKey(kind));
        byte[] signed = {1, 2, 3};
        signature.update(signed);
        byte[] proof = signature.sign();
        signature.initVerify(own);
        signature.update(signed);
        try {
            return signature.verify(proof);
        } catch (GeneralSecurityException ofAnotherLength) {
            return false;
        }
    }

    private PrivateKey privateKey(String kind) throws IOException, GeneralSecurityException {
        String body = Files.readString(key).replaceAll("-----[^-]+-----|\\s", "");
        return KeyFactory.getInstance(kind)
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }
}
