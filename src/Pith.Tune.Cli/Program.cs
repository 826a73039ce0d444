using Pith.Cli.Frame;
using Pith.Tune.Cli;

NativeMemory.KeepFreedPages();
return new Application(TuneVerbs.Description, TuneVerbs.All, Console.Out, Console.Error).Run(args);
