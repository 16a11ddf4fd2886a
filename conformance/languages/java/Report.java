import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** What the script sends, and how it tells what it saw. */
final class Report {
    static final List<String> LEFT_OUT = new ArrayList<>();
    static final int[] SIZES = {1, 125, 126, 65_535, 65_536, 300_000};

    static Object[] events() throws JSONException {
        JSONArray deep = new JSONArray("[true, null, {\"list\": []}]");
        return new Object[] {"žluťoučký kůň 🎈", 42, new JSONObject().put("deep", deep)};
    }

    static JSONObject parts() throws JSONException {
        return new JSONObject().put("name", "parts").put("parts", new JSONArray().put(sample(3)).put(sample(1_000)));
    }

    static byte[] sample(int size) {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at++) {
            bytes[at] = (byte) (at * 7 + size);
            if (bytes[at] == 0x1e) bytes[at] = 0x1f;
        }
        return bytes;
    }

    static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) at;
        return bytes;
    }

    static void step(String name, Callable<Object> see) throws JSONException {
        if (LEFT_OUT.contains(name)) return;
        JSONObject line = new JSONObject().put("did", name);
        try {
            print(line.put("saw", plain(see.call())));
        } catch (Exception failure) {
            print(line.put("failed", failure.toString()));
        }
    }

    static void please(String favour) throws JSONException {
        print(new JSONObject().put("please", favour));
    }

    private static synchronized void print(JSONObject line) {
        System.out.println(line);
    }

    private static Object plain(Object value) throws JSONException {
        if (value instanceof byte[] bytes) return digest(bytes);
        if (value instanceof Object[] array) return plain(arrayOf(array));
        if (value instanceof JSONArray array) {
            for (int at = 0; at < array.length(); at++) array.put(at, plain(array.get(at)));
        }
        if (value instanceof JSONObject object) {
            for (String name : namesOf(object)) object.put(name, plain(object.get(name)));
        }
        return value;
    }

    private static JSONArray arrayOf(Object[] values) {
        JSONArray array = new JSONArray();
        for (Object value : values) array.put(value);
        return array;
    }

    private static String[] namesOf(JSONObject object) {
        String[] names = JSONObject.getNames(object);
        return names == null ? new String[0] : names;
    }

    private static JSONObject digest(byte[] bytes) throws JSONException {
        int hash = 0x811c9dc5;
        for (byte one : bytes) hash = (hash ^ (one & 0xff)) * 0x01000193;
        return new JSONObject().put("bytes", bytes.length).put("fnv1a", Integer.toUnsignedLong(hash));
    }
}
