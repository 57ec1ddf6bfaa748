package org.farga.cli;

import org.farga.cli.Cli.Exit;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print a script that completes farga's commands and options in bash and zsh.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(farga completion)               now, in this shell",
            "  farga completion >> ~/.bash_completion   for good"
        })
final class CompletionCommand extends FargaCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        screen.write(AutoComplete.bash("farga", spec.root().commandLine()));
        return Exit.DONE;
    }
}
