package handscroll.coordinator.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Sends what clients refuse to send, one request after the other, and opens a connection again that the server closed. */
final class RawConnection implements AutoCloseable {

    private static final int ANSWER_MILLIS = 60_000;

    private final URI server;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();

    RawConnection(URI server) {
        this.server = server;
    }

    /**
     * Head and body of the answer.
     *
     * @param head without Host and Content-Length, each line with its end
     */
    String ask(String head, byte[] body) throws IOException {
        boolean isReused = socket.isConnected() && !socket.isClosed();
        if (!isReused) {
            open();
        }
        try {
            return once(head, body);
        } catch (IOException closed) {
            socket.close();
            if (!isReused) {
                throw closed;
            }
            return ask(head, body);
        }
    }

    private void open() throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private String once(String head, byte[] body) throws IOException {
        var request = new ByteArrayOutputStream();
        request.writeBytes((head + "Host: " + server.getAuthority() + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        String answer = answerHead();
        String fields = answer.toLowerCase(Locale.ROOT);
        if (fields.contains("\r\ntransfer-encoding: chunked\r\n")) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                answer += read(size);
                line();
            }
            line();
        } else if (fields.contains("\r\ncontent-length: ")) {
            answer += read(Integer.parseInt(fields.substring(fields.indexOf("\r\ncontent-length: ") + 18)
                    .split("\r\n")[0]));
        } else {
            answer += new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (fields.contains("\r\nconnection: close\r\n")) {
            socket.close();
        }
        return answer;
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";")[0].strip(), 16);
    }

    private String answerHead() throws IOException {
        var head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection after \"" + line + "\"");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private String read(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the answer ends after " + bytes.length + " of " + count + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
