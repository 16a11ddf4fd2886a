import io.socket.client.IO;
import java.util.Map;

/** Clients of Engine.IO 4 authenticate in the packet that opens the namespace. */
final class Credentials {
    static final String REFUSAL = "connect_error";

    static void set(IO.Options options, String token) {
        options.auth = Map.of("token", token);
    }
}
