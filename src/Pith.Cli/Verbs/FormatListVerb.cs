using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels.Formats;

namespace Pith.Cli.Verbs;

/// <summary><c>pith format list</c>: the formats in common use.</summary>
internal static class FormatListVerb
{
    public static Command Create() => new Verb(
        "list", "Lists the number formats: how each is written, its bits a value, and what it is.", (context, _) => Execute(context), "pith format list");

    private static ExitCode Execute(VerbContext context)
    {
        var table = new Table(
            "Number formats. Element values are in units of the block's scale. Other widths and blocks exist: `pith format show F`.",
            TableColumn.OfText("format"), TableColumn.OfNumber("bits a value", 2), TableColumn.OfText("block"), TableColumn.OfNumber("density", 2),
            TableColumn.OfSignificant("smallest element", 4), TableColumn.OfSignificant("largest element", 4), TableColumn.OfText("what it is"));
        var documents = new List<object>();
        foreach (var entry in FormatCatalog.All)
        {
            var (format, explanation) = (entry.Format, new FormatExplanation(entry.Format));
            var density = 32 / format.BitsPerValue;
            table.Add(
                format.ToString(), format.BitsPerValue, format.BlockSize == 0 ? "" : $"{format.BlockSize}", density,
                explanation.SmallestElement, explanation.LargestElement, entry.Sentence);
            documents.Add(new
            {
                Format = format.ToString(),
                format.Family,
                format.BitsPerValue,
                Block = format.BlockSize == 0 ? (int?)null : format.BlockSize,
                Density = density,
                explanation.SmallestElement,
                explanation.LargestElement,
                entry.Sentence,
            });
        }

        context.Output.Result(new { formats = documents }, table);
        return ExitCode.Ok;
    }
}
