using System.Text;
using Pith.Cli.Frame;
using Pith.Cli.Verbs;

const int BufferSize = 1 << 16;

using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize);
return new Application(VerbTable.Description, VerbTable.All, output, Console.Error).Run(args);
