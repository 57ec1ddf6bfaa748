package org.farga.identity;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticatorTransport;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import com.webauthn4j.verifier.exception.VerificationException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.identity.PasskeyTable.Stored;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Registers passkeys and signs people in with them; the ceremonies are those of WebAuthn level 3, §7.1 and §7.2. */
@Service
class Passkeys {
    private static final Logger LOG = LoggerFactory.getLogger(Passkeys.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final long TIMEOUT_MS = 300_000;
    private static final int LONGEST_ANSWER = 20_000;

    /** EdDSA, ES256, RS256: what every authenticator has one of, the shortest first. */
    private static final List<Long> ALGORITHMS = List.of(-8L, -7L, -257L);

    private final PasskeyTable table;
    private final SecondFactors factors;
    private final SecondFactorTable factorTable;
    private final AccountNotices notices;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;
    private final ObjectConverter converter = new ObjectConverter();
    private final AttestedCredentialDataConverter attestedConverter = new AttestedCredentialDataConverter(converter);
    // No attestation is asked for: any authenticator will do, and none tells which make it is.
    private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);

    Passkeys(
            PasskeyTable table,
            SecondFactors factors,
            SecondFactorTable factorTable,
            AccountNotices notices,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.factors = factors;
        this.factorTable = factorTable;
        this.notices = notices;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** A passkey that was just registered, with recovery codes where it is the person's first factor. */
    record Registered(Passkey passkey, List<String> recoveryCodes) {
        @Override
        public String toString() {
            return "Registered[" + passkey.id() + "]";
        }
    }

    /** Whose passkey it was, and whether its holder proved to the device who they are (PIN, finger, face). */
    record Proved(PersonId person, boolean userVerified) {}

    /** What passkeys are bound to here; empty where the public address allows none. */
    Optional<RelyingParty> relyingParty() {
        return RelyingParty.of(settings.publicUrl());
    }

    static byte[] challenge() {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return random;
    }

    /** What {@code navigator.credentials.create} is given, in its JSON form. */
    Map<String, Object> creationOptions(Actor actor, byte[] challenge) {
        RelyingParty party = relyingParty().orElseThrow(() -> new NotFoundException("passkeys"));
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rp", Map.of("id", party.id(), "name", settings.centreName()));
        options.put(
                "user",
                Map.of(
                        "id", BASE64.encodeToString(handle(actor.person())),
                        "name", actor.email().value(),
                        "displayName", actor.name()));
        options.put("challenge", BASE64.encodeToString(challenge));
        options.put(
                "pubKeyCredParams",
                ALGORITHMS.stream()
                        .map(alg -> Map.of("type", "public-key", "alg", alg))
                        .toList());
        options.put("timeout", TIMEOUT_MS);
        options.put("excludeCredentials", descriptors(actor.person()));
        options.put(
                "authenticatorSelection",
                Map.of("residentKey", "required", "requireResidentKey", true, "userVerification", "required"));
        options.put("attestation", "none");
        return options;
    }

    /** What {@code navigator.credentials.get} is given: for anybody's passkey, or for one of this person's. */
    Map<String, Object> requestOptions(@Nullable PersonId person, byte[] challenge) {
        RelyingParty party = relyingParty().orElseThrow(() -> new NotFoundException("passkeys"));
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("challenge", BASE64.encodeToString(challenge));
        options.put("rpId", party.id());
        options.put("timeout", TIMEOUT_MS);
        // Beside a password the device need not ask again who holds it; alone it must.
        options.put("userVerification", person == null ? "required" : "preferred");
        options.put("allowCredentials", person == null ? List.of() : descriptors(person));
        return options;
    }

    private List<Map<String, Object>> descriptors(PersonId person) {
        return table.list(person).stream()
                .filter(s -> s.passkey().clonedAt() == null)
                .map(s -> Map.<String, Object>of(
                        "type", "public-key",
                        "id", BASE64.encodeToString(s.credentialId()),
                        "transports", s.passkey().transports()))
                .toList();
    }

    List<Passkey> list(PersonId person) {
        return table.list(person).stream().map(Stored::passkey).toList();
    }

    /** Takes a new passkey from the browser's answer, which holds for this challenge, origin and host alone. */
    @Transactional
    Outcome<Registered> register(
            Actor actor, @Nullable String name, @Nullable String answer, byte @Nullable [] challenge) {
        Optional<Refusal> refusal =
                new Fields().text("name", name, Passkey.LONGEST_NAME).refusal();
        if (refusal.isPresent() || name == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Optional<RelyingParty> party = relyingParty();
        if (party.isEmpty() || answer == null || answer.length() > LONGEST_ANSWER || challenge == null) {
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        PersonId person = actor.person();
        factorTable.lock(person);
        if (table.list(person).size() >= Passkey.MOST) {
            return Outcome.refused(Refusal.conflict("too-many-passkeys", Passkey.MOST));
        }
        boolean first = !factorTable.isOn(person);
        Optional<RegistrationData> verified = verified(answer, party.get(), challenge);
        if (verified.isEmpty()) {
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        Optional<Stored> stored = stored(verified.get(), person, name.strip());
        if (stored.isEmpty() || !table.insert(stored.get())) {
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        return Outcome.done(new Registered(stored.get().passkey(), factors.added(person, "passkey", first)));
    }

    private Optional<RegistrationData> verified(String answer, RelyingParty party, byte[] challenge) {
        List<PublicKeyCredentialParameters> algorithms = ALGORITHMS.stream()
                .map(alg -> new PublicKeyCredentialParameters(
                        PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.create(alg)))
                .toList();
        return checked(() -> {
            RegistrationData data = manager.parseRegistrationResponseJSON(answer);
            manager.verify(data, new RegistrationParameters(server(party, challenge), algorithms, true, true));
            return data;
        });
    }

    private Optional<Stored> stored(RegistrationData data, PersonId person, String name) {
        var object = data.getAttestationObject();
        AttestedCredentialData attested =
                object == null ? null : object.getAuthenticatorData().getAttestedCredentialData();
        if (object == null || attested == null) {
            return Optional.empty();
        }
        var authenticator = object.getAuthenticatorData();
        List<String> transports = data.getTransports() == null
                ? List.of()
                : data.getTransports().stream()
                        .map(AuthenticatorTransport::getValue)
                        .filter(t -> t.matches("[a-z-]{1,20}"))
                        .limit(8)
                        .sorted()
                        .toList();
        Passkey passkey = new Passkey(
                TimeOrderedUuid.next(),
                person,
                name,
                authenticator.isFlagBE(),
                authenticator.isFlagBS(),
                transports,
                clock.instant(),
                null,
                null);
        return Optional.of(new Stored(
                passkey,
                attested.getCredentialId(),
                attestedConverter.convert(attested),
                authenticator.getSignCount()));
    }

    /**
     * Whose passkey signed this challenge. Refused as {@code passkey-unknown} for one that is none of ours (or not {@code
     * expected}'s), as {@code passkey-cloned} where its counter ran backwards (then and ever after), as {@code
     * passkey-refused} where it does not hold.
     *
     * @param expected who it must be; null where the passkey alone says who signs in, and its holder must prove themselves
     *     to the device
     */
    // Its own transaction, so that a copied passkey stays marked whatever the caller does.
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    Outcome<Proved> prove(@Nullable PersonId expected, @Nullable String answer, byte @Nullable [] challenge) {
        Optional<RelyingParty> party = relyingParty();
        if (party.isEmpty() || answer == null || answer.length() > LONGEST_ANSWER || challenge == null) {
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        Optional<AuthenticationData> parsed = checked(() -> manager.parseAuthenticationResponseJSON(answer));
        if (parsed.isEmpty() || parsed.get().getCredentialId() == null) {
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        AuthenticationData data = parsed.get();
        Optional<Stored> found = table.findForUpdate(data.getCredentialId());
        if (found.isEmpty() || !isWhose(found.get(), expected, data.getUserHandle())) {
            return Outcome.refused(Refusal.forbidden("passkey-unknown"));
        }
        Stored stored = found.get();
        Passkey passkey = stored.passkey();
        if (passkey.clonedAt() != null) {
            return Outcome.refused(Refusal.forbidden("passkey-cloned"));
        }
        Instant now = clock.instant();
        try {
            manager.verify(
                    data,
                    new AuthenticationParameters(
                            server(party.get(), challenge), credential(stored), null, expected == null, true));
        } catch (MaliciousCounterValueException e) {
            table.markCloned(passkey.id(), now);
            audit.recordByRule(
                    "passkey.cloned",
                    "person",
                    passkey.person(),
                    Map.of("passkey", passkey.id(), "kept", stored.signCount()));
            notices.tell(passkey.person(), "passkey-cloned", passkey.name());
            return Outcome.refused(Refusal.forbidden("passkey-cloned"));
        } catch (VerificationException e) {
            LOG.info("a passkey's answer was refused: {}", e.getClass().getSimpleName());
            return Outcome.refused(Refusal.forbidden("passkey-refused"));
        }
        var authenticator = data.getAuthenticatorData();
        table.used(passkey.id(), authenticator.getSignCount(), authenticator.isFlagBS(), now);
        return Outcome.done(new Proved(passkey.person(), authenticator.isFlagUV()));
    }

    /** The user handle names the account that the passkey was made for; without a name typed before it must be there. */
    private static boolean isWhose(Stored stored, @Nullable PersonId expected, byte @Nullable [] userHandle) {
        PersonId person = stored.passkey().person();
        boolean handleHolds = userHandle == null || userHandle.length == 0
                ? expected != null
                : Arrays.equals(userHandle, handle(person));
        return handleHolds && (expected == null || expected.equals(person));
    }

    private CredentialRecordImpl credential(Stored stored) {
        return new CredentialRecordImpl(
                null,
                true,
                stored.passkey().backupEligible(),
                stored.passkey().backedUp(),
                stored.signCount(),
                attestedConverter.convert(stored.attested()),
                null,
                null,
                null,
                null);
    }

    @Transactional
    Outcome<Boolean> rename(Actor actor, UUID id, @Nullable String name) {
        Optional<Refusal> refusal =
                new Fields().text("name", name, Passkey.LONGEST_NAME).refusal();
        if (refusal.isPresent() || name == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (!table.rename(id, actor.person(), name.strip())) {
            throw new NotFoundException("passkey");
        }
        return Outcome.done(true);
    }

    @Transactional
    void remove(Actor actor, UUID id) {
        factorTable.lock(actor.person());
        if (!table.delete(id, actor.person())) {
            throw new NotFoundException("passkey");
        }
        factors.removed(actor.person(), "passkey");
    }

    private static ServerProperty server(RelyingParty party, byte[] challenge) {
        return new ServerProperty(new Origin(party.origin()), party.id(), new DefaultChallenge(challenge));
    }

    private interface Step<T> {
        T take();
    }

    /** What a browser sends can be anything; whatever is wrong with it, it proves nothing. */
    @SuppressWarnings("IllegalCatch")
    private static <T> Optional<T> checked(Step<T> step) {
        try {
            return Optional.of(step.take());
        } catch (RuntimeException e) {
            LOG.info("a passkey's answer was refused: {}", e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    private static byte[] handle(PersonId person) {
        UUID id = person.value();
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
