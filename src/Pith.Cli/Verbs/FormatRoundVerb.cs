using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Cli.Verbs;

/// <summary><c>pith format round</c>: rounds numbers from standard input.</summary>
internal static class FormatRoundVerb
{
    public static Command Create()
    {
        var format = FormatVerb.FormatArgument();
        return new Verb(
            "round",
            "Rounds rows of decimal numbers from standard input to a format, and writes them in the same layout. All rows are one tensor; blocks run along a row.",
            (context, cancellation) => Execute(context, NumberFormat.Parse(context.Get(format)), Console.In, cancellation),
            "pith format round mxfp4:32 < numbers.txt")
        {
            format,
        };
    }

    /// <summary>The error for a number which a format cannot hold.</summary>
    public static PithException NotFinite(NumberFormat format, string place, NonFiniteException cause) => new(
        CoreErrors.NotFinite, $"{place}: expected a finite number for {format}, found {NumberText.Write(cause.Value)}", inner: cause);

    internal static ExitCode Execute(VerbContext context, NumberFormat format, TextReader input, CancellationToken cancellation)
    {
        var text = NumberText.Parse(input.ReadToEnd(), "standard input");
        var codec = FormatCodecs.For(format);
        var parameter = codec.TensorParameter(Largest(text));
        var rounded = new List<float[]>();
        foreach (var row in text.Rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = new float[row.Length];
            try
            {
                codec.Round(row, result, parameter);
            }
            catch (NonFiniteException exception)
            {
                throw NotFinite(format, text.Place(rounded.Count, exception.Index), exception);
            }

            rounded.Add(result);
        }

        var document = new
        {
            Format = format.ToString(),
            TensorParameter = format.HasTensorParameter ? parameter : (float?)null,
            Rows = rounded,
        };
        context.Output.Result(document, writer => writer.Write(text.With(rounded)));
        return ExitCode.Ok;
    }

    // Of the finite numbers: where others are refused, Round says which.
    private static float Largest(NumberText text) =>
        text.Rows.SelectMany(row => row).Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
}
