package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One emulator for each test class, and a fresh world for each test: {@code @RegisterExtension static}. */
public final class KakaoExtension implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process emulator;
    private String url;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        String katok = Optional.ofNullable(System.getenv("KATOK")).orElse("katok");
        String data = Files.createTempDirectory("katok").toString();
        emulator = new ProcessBuilder(katok, "--data", data, "emulator", "--port", "0", "--json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var stdout = new BufferedReader(new InputStreamReader(emulator.getInputStream(), StandardCharsets.UTF_8));
        url = JSON.readTree(stdout.readLine()).get("emulator").asText().replaceAll("/$", "");
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        control("reset", Map.of());
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        emulator.destroy();
        emulator.waitFor();
    }

    /** Where Kakao is, for the settings of the program under test. */
    public String url() {
        return url;
    }

    public String signIn(String person) throws Exception {
        return control("tokens", Map.of("app", "demo", "person", person)).get("access_token").asText();
    }

    /** The words of the text messages somebody received; waits until there is one. */
    public List<String> texts(String person) throws Exception {
        return control("people/" + person + "/messages?wait_seconds=5", null).findValuesAsText("text");
    }

    public JsonNode control(String path, Object body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + "/_emulator/v1/" + path));
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        }
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            throw new IllegalStateException(answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
