import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.json.JSONObject;

/** The script over one socket of the Java client; what it hears waits in its inbox. */
public final class Script {
    private static final int STEP_SECONDS = 10;

    private final Socket socket;
    private final Map<String, BlockingQueue<Object[]>> inbox = new ConcurrentHashMap<>();

    private Script(Socket socket) {
        this.socket = socket;
        for (String event : new String[] {"connect", "disconnect", Credentials.REFUSAL, "echo", "news"}) {
            BlockingQueue<Object[]> queue = new LinkedBlockingQueue<>();
            inbox.put(event, queue);
            socket.on(event, queue::add);
        }
        socket.on("question", args -> {
            int last = args.length - 1;
            ((Ack) args[last]).call(Arrays.copyOf(args, last));
        });
        socket.connect();
    }

    public static void main(String[] args) throws Exception {
        Report.LEFT_OUT.addAll(Arrays.asList(args[2].split(",")));
        Report.step("refused", () -> {
            Script refused = new Script(IO.socket(URI.create(args[0] + "/vault"), options(args[1], "wrong")));
            Object refusal = refused.next(Credentials.REFUSAL)[0];
            refused.socket.disconnect();
            return refusal;
        });
        new Script(IO.socket(URI.create(args[0] + "/vault"), options(args[1], "open"))).run();
        System.exit(0);
    }

    private static IO.Options options(String mode, String token) {
        IO.Options options = new IO.Options();
        options.forceNew = true;
        options.reconnectionDelay = 50;
        options.reconnectionDelayMax = 100;
        if (mode.equals("websocket")) options.transports = new String[] {"websocket"};
        Credentials.set(options, token);
        return options;
    }

    private void run() throws Exception {
        Report.step("admitted", this::admitted);
        Report.step("transport", this::transport);
        Report.step("events", () -> echo(Report.events()));
        Report.step("binary", this::binary);
        Report.step("every byte", () -> echo(Report.everyByte()));
        Report.step("nested binary", () -> echo(Report.parts()));
        Report.step("acknowledged", () -> ask("ask", "yes", 7, new JSONObject().put("ok", true)));
        Report.step("acknowledged with binary", () -> ask("ask", Report.sample(200)));
        Report.step("answers", () -> ask("question-me", "why", 5));
        Report.step("answers with binary", () -> ask("question-me", Report.sample(200)));
        Report.step("broadcast", this::broadcast);
        Report.step("second namespace", this::secondNamespace);
        Report.step("restart", this::restart);
        Report.step("disconnected", this::disconnected);
    }

    private Object admitted() throws Exception {
        next("connect");
        return who().get("auth");
    }

    private Object transport() throws Exception {
        for (int tries = 0; tries < 20 * STEP_SECONDS && !isOnWebSocket(); tries++) Thread.sleep(50);
        return who().get("transport");
    }

    private boolean isOnWebSocket() throws Exception {
        return who().get("transport").equals("websocket");
    }

    private Object binary() throws Exception {
        Object[] echoes = new Object[Report.SIZES.length];
        for (int at = 0; at < echoes.length; at++) echoes[at] = echo(Report.sample(Report.SIZES[at]))[0];
        return echoes;
    }

    private Object broadcast() throws Exception {
        Report.please("publish");
        return next("news");
    }

    private Object secondNamespace() throws Exception {
        Manager manager = socket.io();
        Script orders = new Script(manager.socket("/orders"));
        orders.next("connect");
        Object answer = orders.ask("ask", "orders");
        return answer;
    }

    private Object restart() throws Exception {
        Report.please("restart");
        next("disconnect");
        next("connect", 2 * STEP_SECONDS);
        return echo("after the restart");
    }

    private Object disconnected() throws Exception {
        socket.emit("leave-me");
        return next("disconnect")[0];
    }

    private JSONObject who() throws Exception {
        return (JSONObject) ask("who")[0];
    }

    private Object[] echo(Object... args) throws Exception {
        socket.emit("echo", args);
        return next("echo");
    }

    private Object[] ask(String event, Object... args) throws Exception {
        BlockingQueue<Object[]> answers = new LinkedBlockingQueue<>();
        Ack ack = answers::add;
        socket.emit(event, args, ack);
        return await(answers, "acknowledgement of " + event, STEP_SECONDS);
    }

    private Object[] next(String event) throws Exception {
        return next(event, STEP_SECONDS);
    }

    private Object[] next(String event, int seconds) throws Exception {
        return await(inbox.get(event), event, seconds);
    }

    private static Object[] await(BlockingQueue<Object[]> queue, String what, int seconds) throws Exception {
        Object[] args = queue.poll(seconds, TimeUnit.SECONDS);
        if (args == null) throw new TimeoutException("no " + what);
        return args;
    }
}
