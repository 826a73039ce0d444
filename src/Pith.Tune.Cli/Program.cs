using Pith.Tune.Cli;

NativeMemory.KeepFreedPages();
return CommandLine.Run(args);
