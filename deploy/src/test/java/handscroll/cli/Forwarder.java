package handscroll.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port on all addresses of this machine that leads to one on its loopback, where the test's database listens. */
final class Forwarder implements AutoCloseable {

    private final ServerSocket door = new ServerSocket(0);
    private final int target;

    Forwarder(int target) throws IOException {
        this.target = target;
        inBackground(() -> {
            while (true) {
                Socket from = door.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), this.target);
                inBackground(() -> copy(from, to));
                inBackground(() -> copy(to, from));
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream bytes = from.getInputStream()) {
            bytes.transferTo(to.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // Its other end is gone, and so is this one.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
