package handscroll.worker.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs a training from a plain command line; {@code handscroll train} is the same with help and checks. */
final class TrainingMain {

    private TrainingMain() {}

    public static void main(String[] arguments) throws Exception {
        List<Path> pictures = new ArrayList<>();
        String name = "model";
        Path directory = Path.of("models");
        int frame = 0;
        int threads = 2;
        long seed = 1;
        double minutes = 60;
        boolean resume = false;
        double horizon = 0.6;
        String licence = "as the pictures";
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--name" -> name = arguments[++i];
                case "--from" -> pictures.add(Path.of(arguments[++i]));
                case "--to" -> directory = Path.of(arguments[++i]);
                case "--frame" -> frame = Integer.parseInt(arguments[++i]);
                case "--threads" -> threads = Integer.parseInt(arguments[++i]);
                case "--seed" -> seed = Long.parseLong(arguments[++i]);
                case "--minutes" -> minutes = Double.parseDouble(arguments[++i]);
                case "--horizon" -> horizon = Double.parseDouble(arguments[++i]);
                case "--licence" -> licence = arguments[++i];
                case "--resume" -> resume = true;
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        Duration time = Duration.ofMillis((long) (minutes * 60_000));
        TrainingPlan plan =
                new TrainingPlan(name, pictures, frame, directory, time, threads, seed, resume, horizon, licence);
        try (Training training = new Training(plan, System.out::println)) {
            training.run();
        }
    }
}
