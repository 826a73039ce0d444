using System.Text;
using Pith.Cli.Frame;

const int BufferSize = 1 << 16;

using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize);
return new Application(output, Console.Error).Run(args);
