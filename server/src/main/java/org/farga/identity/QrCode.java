package org.farga.identity;

/** A QR code as the path of an SVG, one unit a module, with the quiet zone that readers need around it. */
record QrCode(int size, String path) {
    private static final int QUIET = 4;

    /** Throws {@link IllegalArgumentException} for a text of more than about 2,900 bytes. */
    static QrCode of(String text) {
        var code = io.nayuki.qrcodegen.QrCode.encodeText(text, io.nayuki.qrcodegen.QrCode.Ecc.MEDIUM);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M').append(x + QUIET).append(',').append(y + QUIET).append("h1v1h-1z");
                }
            }
        }
        return new QrCode(code.size + 2 * QUIET, path.toString());
    }
}
