package org.farga;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** The shape of the house. */
class ModulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.farga");

    @Test
    void modulesDependOnlyOnWhatTheyDeclareAndNeverInCircles() {
        ApplicationModules.of(Farga.class).verify();
    }

    @Test
    void sharedWordsKnowNeitherSpringNorTheDatabase() {
        noClasses()
                .that()
                .resideInAPackage("org.farga.shared")
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void modulesSpeakToTheDatabaseOnlyInTheirTables() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.farga.platform", "org.farga.audit")
                .and()
                .haveSimpleNameNotEndingWith("Table")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.jdbc..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void endpointsNeverReachTablesDirectly() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Api")
                .or()
                .haveSimpleNameEndingWith("Pages")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("Table")
                .check(CLASSES);
    }
}
