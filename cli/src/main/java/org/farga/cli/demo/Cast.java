package org.farga.cli.demo;

import java.util.List;

/** Who plays. The one password is for this demo alone: nothing in Farga has one of itself. */
enum Cast {
    ADMINISTRATOR(
            "Marta Soler", "marta@centre.example", "administrator", "sets the centre up, gives staff their roles"),
    ACCESS_OFFICER("Jordi Ferrer", "jordi@centre.example", "access officer", "decides on proposals that need a person"),
    DATA_STEWARD("Núria Vidal", "nuria@centre.example", "data steward", "publishes datasets"),
    OPERATOR("Pere Roca", "pere@centre.example", "operator", "looks after clusters and jobs"),
    AUDITOR("Helena Costa", "helena@centre.example", "auditor", "reads everything, changes nothing"),
    ANA("Ana Puig", "ana@forja.example", "startup engineer, owner of Forja Vision", "trains the model"),
    PAU("Pau Mas", "pau@forja.example", "startup engineer, member of Forja Vision", "was invited by Ana"),
    LAIA("Laia Serra", "laia@granmotor.example", "engineer, owner of Gran Motor", "a larger company");

    static final String PASSWORD = "forge a model today";

    /** Those who get a role at the centre from the administrator. */
    static final List<Cast> STAFF = List.of(ACCESS_OFFICER, DATA_STEWARD, OPERATOR, AUDITOR);

    final String fullName;
    final String email;
    final String role;
    final String does;

    Cast(String fullName, String email, String role, String does) {
        this.fullName = fullName;
        this.email = email;
        this.role = role;
        this.does = does;
    }

    String firstName() {
        return fullName.substring(0, fullName.indexOf(' '));
    }
}
