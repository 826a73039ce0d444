using System.Globalization;
using Pith.Compress.Ratio;
using Pith.Core.Reports;

namespace Pith.Cli.Search;

/// <summary>Tells what a ratio search found, and why each unit got its format.</summary>
internal static class RatioReport
{
    private const double Kibibyte = 1024;

    /// <summary>The whole report.</summary>
    public static Report Create(RatioOutcome outcome)
    {
        var (result, chosen) = (outcome.Result, outcome.Result.Chosen);
        var report = new Report(
                $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(outcome.Model))} in mixed precision",
                Text($"Under the budget {result.Space.Settings.Budget}, {chosen.Bits:0.###} bits a value change the perplexity from {result.ReferencePerplexity:F2} to {chosen.Perplexity:F2} on text the search did not see; {chosen.OffFloor} of {chosen.Choice.Length} units got more than the fewest bytes."))
            .Add(new FactList(
                ("bits a value", Text($"{chosen.Bits:0.###}, of {result.Space.BitsOf(result.Space.MinBytes):0.###} to {result.Space.BitsOf(result.Space.MaxBytes):0.###}")),
                ("size", Text($"{chosen.Bytes / 1000.0:N1} kB")),
                ("KL divergence", Text($"{chosen.Kl:G3} nats a token")),
                ("quantization ratio", Text($"{100 * chosen.Ratio:0.#} % of the parameters below {result.Space.Options[result.Space.High]}")),
                ("cost", Text($"{result.Evaluations:F1} passes over the calibration text"))))
            .Add(new Heading("Front"))
            .Add(new Paragraph($"Every point was measured on {outcome.Validation}. None has both fewer bytes and a smaller divergence than another; the one at the budget is shown in any case. The knee lies farthest below the line between the ends: from there on bytes buy less. Off floor: units with more than the fewest bytes. Bits are stored bits a value; the ratio is that of the parameters not in the widest format."))
            .Add(FrontTable(outcome))
            .Add(FrontChart(outcome));
        if (result.Damages.Count > 0)
        {
            report.Add(new Heading("Why each unit got its format"))
                .Add(new Paragraph(Text($"{Method(result)} A byte goes where it takes most of the estimated damage away; at the budget the next one would take {Kibibyte * result.ExchangeRate:G3} nats a KiB: that is the rate. Paid: what the last bytes of a unit took away, nothing at the floor; next: what its next step up would. {chosen.Choice.Length - chosen.OffFloor} units stay at the floor, the fewest bytes.")))
                .Add(ReasonTable(result))
                .Add(DamageTable(result));
        }

        return report.Add(new Heading("How to use it"))
            .Add(new CodeBlock($"{outcome.Command}\n./pith quantize {outcome.Model} --plan {RatioFiles.Plan} --out smaller"));
    }

    /// <summary>The front as a table.</summary>
    public static Table FrontTable(RatioOutcome outcome)
    {
        var table = new Table(
            "Bytes against divergence",
            TableColumn.OfText("point"),
            TableColumn.OfNumber("bits", 3),
            TableColumn.OfNumber("size", 1, "kB"),
            TableColumn.OfSignificant("KL", 3, "nats"),
            TableColumn.OfNumber("perplexity", 3),
            TableColumn.OfNumber("ratio", 1, "%"),
            TableColumn.OfNumber("off floor", 0),
            TableColumn.OfNumber("tokens/s", 0));
        foreach (var (point, file, speed) in outcome.Points)
        {
            table.Add(
                point == outcome.Result.Chosen ? RowMark.Best : RowMark.None,
                Path.GetFileNameWithoutExtension(file) + Mark(outcome.Result, point, " "),
                point.Bits, point.Bytes / 1000.0, point.Kl, point.Perplexity, 100 * point.Ratio, point.OffFloor, speed);
        }

        return table;
    }

    private static Chart FrontChart(RatioOutcome outcome) => new(
        "Divergence against bits",
        Text($"{outcome.Points.Count} allocations from {outcome.Points[0].Point.Bits:F2} to {outcome.Points[^1].Point.Bits:F2} bits; divergence falls from {outcome.Points[0].Point.Kl:G3} to {outcome.Points[^1].Point.Kl:G3} nats."),
        ChartKind.Line,
        new ChartAxis("bits per value"),
        new ChartAxis("KL, nats a token"),
        [new ChartSeries("front", [.. outcome.Points.Select(point => new ChartPoint(point.Point.Bits, point.Point.Kl, Mark(outcome.Result, point.Point, "")))])]);

    private static Table ReasonTable(RatioResult result)
    {
        var table = new Table(
            "Units at the budget",
            TableColumn.OfText("unit"),
            TableColumn.OfText("format"),
            TableColumn.OfNumber("bytes", 0),
            TableColumn.OfSignificant("damage", 3, "nats"),
            TableColumn.OfSignificant("paid", 3, "nats/KiB"),
            TableColumn.OfSignificant("next", 3, "nats/KiB"),
            TableColumn.OfText("why"));
        foreach (var reason in UnitReason.Of(result))
        {
            table.Add(
                reason.Unit.Name, reason.Option.ToString(), reason.Bytes, reason.Damage, Kibibyte * reason.PaidRate, Kibibyte * reason.NextRate, reason.Text);
        }

        return table;
    }

    private static Table DamageTable(RatioResult result)
    {
        var table = new Table(
            "Estimated damage of every format, nats a token",
            [TableColumn.OfText("unit"), .. result.Space.Options.Select(option => TableColumn.OfSignificant(option.ToString(), 3))]);
        for (var unit = 0; unit < result.Damages.Count; unit++)
            table.Add([result.Space.Units[unit].Name, .. result.Damages[unit].Select(damage => (Cell)damage)]);
        return table;
    }

    private static string Method(RatioResult result) => result.Space.Settings.Damage switch
    {
        DamageMethod.LeaveOneIn => "The damage of a format is the divergence with that unit alone in it.",
        DamageMethod.InContext => "The damage of a format is the change of the divergence when that unit alone leaves the fewest bytes, all others staying there.",
        DamageMethod.WeightError => "The damage of a format is the squared error of the unit's weights, which stands for nats only in order.",
        DamageMethod.Fisher => "The damage of a format is the divergence of a small step towards it, scaled up.",
        _ => "The damages were read from a file.",
    };

    private static string Mark(RatioResult result, RatioPoint point, string before)
    {
        string[] marks = [.. new[] { point == result.Chosen ? "budget" : "", point == result.Knee ? "knee" : "" }.Where(mark => mark.Length > 0)];
        return marks.Length == 0 ? "" : before + string.Join(", ", marks);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
