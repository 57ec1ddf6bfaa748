package org.farga.hostile;

import java.util.List;

/**
 * One startup with something of everything that belongs to a startup. Whatever of it can be read carries its marker, so
 * that an answer to somebody else that holds the marker is a leak.
 *
 * @param marker a word that stands nowhere else
 * @param ids identifiers of its things, each as hard to guess as the marker
 * @param secrets what nobody is ever shown a second time
 */
record Tenant(
        String marker,
        HostileTest.Client owner,
        HostileTest.Client lead,
        HostileTest.Client projectMember,
        HostileTest.Client member,
        String organisation,
        String draft,
        String submitted,
        String awarded,
        String project,
        String projectSlug,
        String allocation,
        String job,
        String run,
        String model,
        String agreement,
        String dataset,
        String notification,
        List<String> ids,
        List<String> secrets) {}
