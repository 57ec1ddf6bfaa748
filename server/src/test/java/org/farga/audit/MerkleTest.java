package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.farga.audit.SignedNote.Verifier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Our hashes, proofs and notes against those of others: Certificate Transparency's, and Go's {@code sumdb} packages. */
class MerkleTest {
    /** Stores hashes as the database does: leaves, and nodes of every eighth level. */
    static final class Stored implements MerkleTree.Hashes {
        final List<Hash> leaves = new ArrayList<>();
        final List<Hash> eighth = new ArrayList<>();
        final Frontier frontier = new Frontier();
        int reads;

        void add(byte[] leaf) {
            Hash hash = Merkle.leaf(leaf);
            leaves.add(hash);
            frontier.append(0, hash, (level, index, node) -> {
                if (level == 8) {
                    assertThat(index).isEqualTo(eighth.size());
                    eighth.add(node);
                }
            });
        }

        @Override
        public List<Hash> read(int level, long from, int most) {
            reads++;
            List<Hash> all = level == 0 ? leaves : level == 8 ? eighth : List.of();
            int start = (int) Math.min(from, all.size());
            return all.subList(start, Math.min(all.size(), start + most));
        }
    }

    private static JsonNode go() throws IOException {
        try (InputStream in = MerkleTest.class.getResourceAsStream("/audit/go-sumdb-vectors.json")) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(in));
        }
    }

    private static Stored goLeaves() {
        Stored stored = new Stored();
        for (int i = 0; i < 1300; i++) {
            stored.add(("leaf " + i).getBytes(StandardCharsets.UTF_8));
        }
        return stored;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(n -> texts.add(n.asString()));
        return texts;
    }

    @Test
    void rootsAreThoseOfCertificateTransparency() {
        String[] leaves = {
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
        };
        String[] roots = {
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        };
        Frontier frontier = new Frontier();
        assertThat(frontier.root().hex()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (int i = 0; i < leaves.length; i++) {
            frontier.append(Merkle.leaf(HexFormat.of().parseHex(leaves[i])));
            assertThat(frontier.root().hex()).as("%d leaves", i + 1).isEqualTo(roots[i]);
        }
    }

    @Test
    void inclusionProofsAreThoseOfGo() throws IOException {
        MerkleTree tree = new MerkleTree(goLeaves());
        JsonNode vectors = go().path("inclusion");
        assertThat(vectors.size()).isGreaterThan(50);
        for (JsonNode v : vectors) {
            assertThat(tree.root(v.path("size").asLong()).toString())
                    .isEqualTo(v.path("root").asString());
            assertThat(tree.inclusion(v.path("index").asLong(), v.path("size").asLong()))
                    .as("%s of %s", v.path("index"), v.path("size"))
                    .extracting(Hash::toString)
                    .containsExactlyElementsOf(texts(v.path("path")));
        }
    }

    @Test
    void consistencyProofsAreThoseOfGo() throws IOException {
        MerkleTree tree = new MerkleTree(goLeaves());
        JsonNode vectors = go().path("consistency");
        assertThat(vectors.size()).isGreaterThan(50);
        for (JsonNode v : vectors) {
            assertThat(tree.consistency(v.path("index").asLong(), v.path("size").asLong()))
                    .as("%s to %s", v.path("index"), v.path("size"))
                    .extracting(Hash::toString)
                    .containsExactlyElementsOf(texts(v.path("path")));
        }
    }

    @Test
    void aProofReadsAFewTilesHoweverLongTheLogIs() {
        Stored stored = goLeaves();
        new MerkleTree(stored).inclusion(700, 1300);
        assertThat(stored.reads).isLessThanOrEqualTo(4);
    }

    @Test
    void thePartsBesideARangeMakeTheSameRoot() {
        MerkleTree tree = new MerkleTree(goLeaves());
        for (long from : new long[] {0, 1, 255, 256, 700, 1299}) {
            for (long to : new long[] {from, from + 1, 1300}) {
                Frontier frontier = new Frontier();
                tree.subtrees(0, from).forEach(s -> frontier.append(s.level(), s.hash(), (l, i, h) -> {}));
                for (long i = from; i < to; i++) {
                    frontier.append(tree.subtree(0, i));
                }
                tree.subtrees(to, 1300).forEach(s -> frontier.append(s.level(), s.hash(), (l, i, h) -> {}));
                assertThat(frontier.root()).as("%d to %d", from, to).isEqualTo(tree.root(1300));
            }
        }
    }

    @Test
    void aNoteSignedByGoIsUnderstoodAndNoOther() throws IOException {
        Verifier key = Verifier.parse(go().path("vkey").asString());
        String note = go().path("note").asString();
        assertThat(key.text()).isEqualTo(go().path("vkey").asString());
        assertThat(key.textOf(note)).isEqualTo(note.substring(0, note.indexOf("\n\n") + 1));
        assertThat(Checkpoint.parse(note).size()).isEqualTo(1300);
        assertThat(key.textOf(note.replace("1300", "1301"))).isNull();
        assertThat(key.textOf(note.replace("MClP", "MClQ"))).isNull();
        assertThat(key.textOf("no note")).isNull();
    }

    /** The example of golang.org/x/mod/sumdb/note. */
    @Test
    void theExampleOfSignedNoteHolds() {
        Verifier key = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        String note = """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.

                \u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
                """;
        assertThat(key.textOf(note)).startsWith("If you think");
    }

    @Test
    void whatWeSignBouncyCastleVerifies() throws Exception {
        var pair = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Verifier verifier = Verifier.of("farga.example.org/audit", pair.getPublic());
        String text = Checkpoint.text(verifier.name(), 3, Merkle.EMPTY);
        String note = SignedNote.sign(text, List.of(new SignedNote.Signer(verifier, pair.getPrivate())));
        assertThat(verifier.textOf(note)).isEqualTo(text);
        byte[] signature = java.util.Base64.getDecoder()
                .decode(note.strip().substring(note.strip().lastIndexOf(' ') + 1));
        Ed25519Signer judge = new Ed25519Signer();
        judge.init(false, new Ed25519PublicKeyParameters(verifier.key(), 0));
        byte[] signed = text.getBytes(StandardCharsets.UTF_8);
        judge.update(signed, 0, signed.length);
        assertThat(judge.verifySignature(java.util.Arrays.copyOfRange(signature, 4, 68)))
                .isTrue();
    }
}
