package org.farga.mlflow;

import io.swagger.v3.oas.annotations.Hidden;
import org.farga.models.Tracking;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Where the links lead that a client prints when a run is over: to the project's runs. */
@Hidden
@Controller
class TrackingPages {
    private final Tracking tracking;

    TrackingPages(Tracking tracking) {
        this.tracking = tracking;
    }

    @GetMapping({"/mlflow/{project}", "/mlflow/{project}/"})
    String runs(Actor actor, @PathVariable String project) {
        return "redirect:/runs?project=" + Answer.of(tracking.in(actor, project)).project();
    }
}
