using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Reports;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary>Shows what an import or export did.</summary>
internal static class ModelCopyView
{
    public static void Show(Output output, ModelCopyReport report)
    {
        foreach (var warning in report.Warnings)
            output.Warn(warning);
        foreach (var name in report.Ignored)
            output.Detail($"not used by the model: {name}");
        output.Result(report, new FactList(
            ("out", report.Out),
            ("weights", $"{Count(report.Tensors)} tensors, {Count(report.Parameters)} parameters, {report.Type}"),
            ("bytes", Count(report.Bytes)),
            ("tokenizer", report.Tokenizer ?? "none")));
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
