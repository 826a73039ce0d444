using Pith.Cli.Frame;

return new Application(Console.Out, Console.Error).Run(args);
