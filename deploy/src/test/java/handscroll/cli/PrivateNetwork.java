package handscroll.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hosts on this machine that can lose each other: network namespaces on a bridge of their own. Takes root. */
final class PrivateNetwork implements AutoCloseable {

    /** Where the tests are. */
    static final int HERE = 1;

    private static final String BRIDGE = "hsbr" + ProcessHandle.current().pid() % 10_000;
    private static final String NET = "10.231." + ProcessHandle.current().pid() % 250 + ".";

    private final List<Integer> hosts = new ArrayList<>();

    /** @return whether this machine lets it */
    boolean open(int... numbers) {
        if (!tried("ip", "link", "add", BRIDGE, "type", "bridge")) {
            return false;
        }
        boolean isOpen = tried("ip", "addr", "add", address(HERE) + "/24", "dev", BRIDGE)
                && tried("ip", "link", "set", BRIDGE, "up");
        for (int host : numbers) {
            hosts.add(host);
            isOpen &= tried("ip", "netns", "add", name(host))
                    && tried(
                            "ip",
                            "link",
                            "add",
                            name(host),
                            "type",
                            "veth",
                            "peer",
                            "name",
                            "eth0",
                            "netns",
                            name(host))
                    && tried("ip", "link", "set", name(host), "master", BRIDGE)
                    && tried("ip", "link", "set", name(host), "up")
                    && in(host, "ip", "addr", "add", address(host) + "/24", "dev", "eth0")
                    && in(host, "ip", "link", "set", "eth0", "up")
                    && in(host, "ip", "link", "set", "lo", "up");
        }
        if (!isOpen) {
            close();
        }
        return isOpen;
    }

    String address(int host) {
        return NET + host;
    }

    /** What a command begins with that runs on a host. */
    List<String> within(int host) {
        return List.of("ip", "netns", "exec", name(host));
    }

    /** The host reaches nobody. */
    void cut(int host) {
        must(tried("ip", "link", "set", name(host), "down"));
    }

    void mend(int host) {
        must(tried("ip", "link", "set", name(host), "up"));
    }

    /** What {@code from} sends to {@code to} is lost; the other way all arrives. */
    void mute(int from, int to) {
        must(in(from, "ip", "route", "add", "blackhole", address(to) + "/32"));
    }

    void unmute(int from, int to) {
        must(in(from, "ip", "route", "del", "blackhole", address(to) + "/32"));
    }

    @Override
    public void close() {
        for (int host : hosts) {
            tried("ip", "link", "del", name(host));
            tried("ip", "netns", "del", name(host));
        }
        hosts.clear();
        tried("ip", "link", "del", BRIDGE);
    }

    private static String name(int host) {
        return BRIDGE + "h" + host;
    }

    private boolean in(int host, String... command) {
        List<String> all = new ArrayList<>(within(host));
        all.addAll(List.of(command));
        return tried(all.toArray(String[]::new));
    }

    private static void must(boolean done) {
        if (!done) {
            throw new IllegalStateException("the network cannot be parted");
        }
    }

    private static boolean tried(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
