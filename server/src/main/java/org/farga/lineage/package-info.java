/**
 * What came from what, walked both ways: from a model back to run, job, code, data, budget, proposal and call, and from each
 * of these forward to what came of it. It keeps nothing of its own: every step is asked of the module that knows it.
 */
@ApplicationModule(
        allowedDependencies = {"shared", "platform", "people", "allocation", "access", "dataspace", "compute", "models"
        })
@NullMarked
package org.farga.lineage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
