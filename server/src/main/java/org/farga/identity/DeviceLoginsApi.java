package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/device-logins")
class DeviceLoginsApi {
    private final DeviceLogins logins;
    private final String page;

    DeviceLoginsApi(DeviceLogins logins, Settings settings) {
        this.logins = logins;
        this.page = settings.publicUrl().replaceFirst("/+$", "") + "/device";
    }

    /** What the device calls itself; the person sees it before they confirm. */
    record NewDeviceLogin(@Nullable String name) {}

    /**
     * What the device shows ({@code userCode}, {@code verificationUri}) and what it keeps to itself
     * ({@code deviceCode}).
     */
    record DeviceLoginJson(
            String deviceCode, String userCode, String verificationUri, long expiresInSeconds, long intervalSeconds) {
        @Override
        public String toString() {
            return "DeviceLoginJson[]";
        }
    }

    record DeviceCode(@Nullable String deviceCode) {
        @Override
        public String toString() {
            return "DeviceCode[]";
        }
    }

    /** Starts to sign a device in: the person types the code on Farga's page, in a browser of theirs. Open to anyone. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    DeviceLoginJson start(@RequestBody NewDeviceLogin body, HttpServletRequest request) {
        Answer.holdsSecret(request);
        DeviceLogins.Started started = Answer.of(logins.start(body.name(), request.getRemoteAddr()));
        return new DeviceLoginJson(
                started.secret().text(),
                started.login().shownCode(),
                page,
                DeviceLogin.LIFE.toSeconds(),
                DeviceLogin.INTERVAL.toSeconds());
    }

    /** The token, once the person confirmed; 409 {@code device-login-pending} until then. */
    @PostMapping("/token")
    @ResponseStatus(HttpStatus.CREATED)
    TokensApi.IssuedJson redeem(@RequestBody DeviceCode body, HttpServletRequest request) {
        Answer.holdsSecret(request);
        return TokensApi.IssuedJson.of(Answer.of(logins.redeem(body.deviceCode())));
    }
}
