package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests of a program that sends a message to its user, and tries once more when Kakao is under maintenance. */
class NotifyTest {
    @RegisterExtension
    static final KakaoExtension kakao = new KakaoExtension();

    /** The program under test. */
    static int send(String accessToken, String text) throws Exception {
        String template = "{\"object_type\":\"text\",\"text\":\"" + text + "\",\"link\":{\"web_url\":\"http://localhost:4000\"}}";
        String form = "template_object=" + URLEncoder.encode(template, StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(URI.create(kakao.url() + "/v2/api/talk/memo/default/send"))
                .header("Authorization", "Bearer " + accessToken)
                .header("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    }

    static int sendWithRetry(String accessToken, String text) throws Exception {
        int status = send(accessToken, text);
        return status == 503 ? send(accessToken, text) : status;
    }

    @Test
    void theUserGetsTheMessage() throws Exception {
        assertEquals(200, sendWithRetry(kakao.signIn("ryan"), "배포 완료"));
        assertEquals(List.of("배포 완료"), kakao.texts("ryan"));
    }

    @Test
    void maintenanceIsSurvived() throws Exception {
        String token = kakao.signIn("ryan");
        kakao.control("faults", Map.of("match", Map.of("person", "ryan"), "times", 1, "then", Map.of("code", -9798)));
        assertEquals(200, sendWithRetry(token, "배포 완료"));
        assertEquals(List.of("배포 완료"), kakao.texts("ryan"));
    }
}
