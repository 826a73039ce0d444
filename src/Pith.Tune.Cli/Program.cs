using Pith.Tune.Cli;

NativeMemory.KeepFreedPages();
using var signals = new StopSignals();
return CommandLine.Run(args, Console.Out, Console.Error, Console.IsErrorRedirected, signals.Token);
