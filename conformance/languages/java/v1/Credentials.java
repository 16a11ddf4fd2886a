import io.socket.client.IO;

/** Clients of Engine.IO 3 authenticate in the query. */
final class Credentials {
    static final String REFUSAL = "error";

    static void set(IO.Options options, String token) {
        options.query = "token=" + token;
    }
}
