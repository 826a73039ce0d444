using Pith.Core.Reports;

namespace Pith.Bench.Studies.Formats;

/// <summary>Number formats by themselves, without a model: what they lose, and how fast they are.</summary>
internal static class FormatStudy
{
    /// <summary>Measures and writes <c>formats.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        context.Say("errors");
        var errors = FormatErrorTable.Make(cancellation);
        context.Say("speed");
        var speed = FormatSpeedTable.Make(cancellation);
        var report = new Report("Number formats by themselves", "What each format loses on numbers of known distributions, and how fast it is packed, decoded and rounded.")
            .Add(context.Provenance.ToFacts())
            .Add(new Heading("What is lost"))
            .Add(new Paragraph(
                "W is N(0, 0.02²), as weights are; X is N(0, 1) with one channel of 256 multiplied by 60, as activations are. 64×256 numbers each. "
                + "The first column is the format's own rule, @compat the rounding of the paper's released code, @ceil and @mse other choices of the scale; a dash where a format has no such rule."))
            .Add(errors)
            .Add(new Heading("How fast"))
            .Add(new Paragraph(
                "One core, rows of 4096 values. Packing reads bf16 and writes codes and scales. Each figure is the fastest of 25 short runs; "
                + "the ratios are to the plain scalar codec, measured in the same minute."))
            .Add(speed);
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "formats.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "formats.json"), JsonRenderer.Render(report));
    }
}
