/**
 * The face of the MLflow tracking protocol: an unmodified MLflow client in a job or on a laptop logs to Farga. Paths, JSON
 * shapes, error form, filters and page tokens are MLflow's; the things themselves belong to {@code models}. Nothing here
 * answers with a problem document, and nothing of it stands in Farga's OpenAPI document: the protocol is described by
 * MLflow, and a second description would only be another truth.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "allocation", "compute", "models"})
@NullMarked
package org.farga.mlflow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
